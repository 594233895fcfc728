package io.streamq.job.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.streamq.job.record.StateKey;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SuccessorViewTest {
    /** A number tells its key and its write: 17.25 is key 17's, as written for the 256th of so many times. */
    private static final double WRITES = 1024;

    private final SuccessorView view = new SuccessorView();

    private static StateKey key(int index) {
        return StateKey.of("p", Integer.toString(index));
    }

    private static double[] numbers(int width, double first) {
        return IntStream.range(0, width).mapToDouble(i -> first + i).toArray();
    }

    @Test
    void aKeyThatNobodyAddedIsAbsent() {
        view.add(key(1), numbers(1, 0), 1);
        assertThat(view.addressOf(key(2))).isEqualTo(SuccessorView.ABSENT);
        assertThat(view.size()).isOne();
    }

    @Test
    void whatIsWrittenIsRead() {
        long address = view.add(key(1), numbers(3, 10), 3);
        assertThat(view.addressOf(key(1))).isEqualTo(address);
        assertThat(view.read(address, 2)).isEqualTo(12);
        view.write(address, new double[] {-1, -2, -3, 99}, 3);
        assertThat(view.read(address, 0)).isEqualTo(-1);
        assertThat(view.read(address, 2)).isEqualTo(-3);
    }

    /** Widths that divide a page of 65,536 numbers and widths that do not, up to a row that fills one alone. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1000, 40_000, 65_536})
    void rowsKeepTheirNumbersAcrossPagesAndGrowth(int width) {
        int rows = Math.min(20_000, 2_000_000 / width);
        long[] addresses = new long[rows];
        for (int i = 0; i < rows; i++) {
            addresses[i] = view.add(key(i), numbers(width, i), width);
        }
        assertThat(view.size()).isEqualTo(rows);
        for (int i = 0; i < rows; i++) {
            assertThat(view.addressOf(key(i))).isEqualTo(addresses[i]);
            assertThat(view.read(addresses[i], 0)).isEqualTo(i);
            assertThat(view.read(addresses[i], width - 1)).isEqualTo(i + width - 1.0);
        }
    }

    @Test
    void writingOneRowLeavesItsNeighboursAlone() {
        long[] addresses = IntStream.range(0, 3)
                .mapToLong(i -> view.add(key(i), numbers(5, 10 * i), 5))
                .toArray();
        view.write(addresses[1], numbers(5, -5), 5);
        assertThat(view.read(addresses[0], 4)).isEqualTo(4);
        assertThat(view.read(addresses[2], 0)).isEqualTo(20);
    }

    /** A view that a writer fills while a reader looks keys up, and how many of its keys are certainly there. */
    private record Round(SuccessorView view, AtomicInteger published) {
        Round() {
            this(new SuccessorView(), new AtomicInteger());
        }
    }

    /**
     * One thread adds rows and overwrites them while another looks keys up, published ones and ones yet to come: what it reads
     * was always written for that very key, and what was published is there. The views are small, so that both often meet at one
     * place of the table, and outgrow their first one.
     */
    @Test
    @Timeout(30)
    void aReaderNeverSeesAnotherKeysNumberNorMissesAPublishedKey() throws Exception {
        long seed = System.nanoTime();
        System.out.println("SuccessorViewTest seed " + seed);
        StateKey[] keys =
                IntStream.range(0, 600).mapToObj(SuccessorViewTest::key).toArray(StateKey[]::new);
        AtomicReference<Round> current = new AtomicReference<>(new Round());
        AtomicBoolean done = new AtomicBoolean();
        FutureTask<Void> writer = new FutureTask<>(() -> write(keys, current, done, new SplittableRandom(seed)), null);
        new Thread(writer, "writer").start();
        try {
            read(keys, current, new SplittableRandom(~seed));
        } finally {
            done.set(true);
            writer.get();
        }
    }

    private static void write(
            StateKey[] keys, AtomicReference<Round> current, AtomicBoolean done, SplittableRandom random) {
        long[] addresses = new long[keys.length];
        while (!done.get()) {
            Round round = new Round();
            current.set(round);
            for (int i = 0; i < keys.length; i++) {
                addresses[i] = round.view.add(keys[i], new double[] {i, i, i}, 3);
                round.published.set(i + 1);
                int older = random.nextInt(i + 1);
                double again = older + random.nextInt((int) WRITES) / WRITES;
                round.view.write(addresses[older], new double[] {again, again, again}, 3);
            }
        }
    }

    private static void read(StateKey[] keys, AtomicReference<Round> current, SplittableRandom random) {
        long deadline = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        while (System.nanoTime() < deadline) {
            Round round = current.get();
            int known = round.published.get();
            int wanted = random.nextInt(keys.length);
            long address = round.view.addressOf(keys[wanted]);
            if (address != SuccessorView.ABSENT) {
                int read = (int) round.view.read(address, random.nextInt(3));
                assertThat(read).as("key of the number read").isEqualTo(wanted);
            } else if (wanted < known) {
                fail("key %d of %d published ones is absent", wanted, known);
            }
        }
    }
}
