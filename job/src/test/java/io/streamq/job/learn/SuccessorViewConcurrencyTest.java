package io.streamq.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.record.StateKey;
import io.streamq.learning.BootstrapChoice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One thread adds, overwrites and removes rows, and adds them again under other generations and in other shapes, while others
 * read. Few keys make both sides meet often; many make the table outgrow itself. Rows become wider and wider for a while, so that what
 * they leave is given back.
 */
@Timeout(60)
class SuccessorViewConcurrencyTest {
    private static final Duration ROUND = Duration.ofMillis(700);
    private static final int READERS = 3;
    private static final BootstrapChoice[] CHOICES = BootstrapChoice.values();
    private static final int WRITES = 1 << 10;
    private static final int MOST_ACTIONS = 1 << 9;

    private final SuccessorView view = new SuccessorView();

    /**
     * A number that tells its key, its generation and one of its writes, and whose halves belong together: a torn one would show.
     *
     * @param key in [0, 1024)
     */
    private static double number(int key, int write) {
        int high = 0x3FF << 20 | key << 10 | write % WRITES;
        return Double.longBitsToDouble((long) high << 32 | Integer.toUnsignedLong(mixed(high)));
    }

    private static int mixed(int high) {
        return (high ^ high >>> 7) * 0x9E3779B9;
    }

    private static int keyOf(double number) {
        return (int) (Double.doubleToRawLongBits(number) >>> 42) & 1023;
    }

    private static int writeOf(double number) {
        return (int) (Double.doubleToRawLongBits(number) >>> 32) & (WRITES - 1);
    }

    private static boolean isWhole(double number) {
        long bits = Double.doubleToRawLongBits(number);
        return mixed((int) (bits >>> 32)) == (int) bits;
    }

    /** What a thread gets done however busy the machine is. */
    private static final long LEAST = 1000;

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 20, 1000})
    void aReaderSeesWhatWasWrittenForThatVeryKeyOrNothing(int keyCount) throws Exception {
        long seed = System.nanoTime();
        System.out.println("SuccessorViewConcurrencyTest seed " + seed);
        StateKey[] keys = IntStream.range(0, keyCount)
                .mapToObj(i -> StateKey.of("p", Integer.toString(i)))
                .toArray(StateKey[]::new);
        AtomicIntegerArray comings = new AtomicIntegerArray(keyCount);
        long deadline = System.nanoTime() + ROUND.toNanos();
        List<FutureTask<Long>> tasks = new ArrayList<>();
        tasks.add(new FutureTask<>(() -> write(keys, comings, deadline, new SplittableRandom(seed))));
        for (int i = 1; i <= READERS; i++) {
            SplittableRandom random = new SplittableRandom(seed + i);
            tasks.add(new FutureTask<>(() -> read(keys, comings, deadline, random)));
        }
        tasks.forEach(task -> new Thread(task, "view").start());
        for (FutureTask<Long> task : tasks) {
            assertThat(task.get()).as("what each thread got done").isGreaterThan(LEAST);
        }
    }

    /** @param comings raised after a key's row was added and before it is removed: odd while it certainly is there */
    private long write(StateKey[] keys, AtomicIntegerArray comings, long deadline, SplittableRandom random) {
        boolean[] isThere = new boolean[keys.length];
        int[] writes = new int[keys.length];
        int[] counts = new int[keys.length];
        int[] positions = new int[keys.length];
        double[] numbers = new double[MOST_ACTIONS];
        long steps = 0;
        for (; steps <= LEAST || System.nanoTime() < deadline; steps++) {
            int key = random.nextInt(keys.length);
            if (!isThere[key] || random.nextInt(8) == 0) {
                // Generations repeat soon, so that a key may come back to where it was under the same one, or be
                // replaced.
                writes[key] = random.nextInt(2);
                BootstrapChoice choice = CHOICES[random.nextInt(3)];
                counts[key] = switch (choice) {
                    case ONLY -> 1;
                    case BY_COIN -> 2;
                    case BY_NEXT_ACTION -> 1 + random.nextInt(3) + (int) (steps % (MOST_ACTIONS - 3));
                };
                fill(numbers, counts[key], key, writes[key]);
                int slot = view.add(keys[key], writes[key], choice, numbers, counts[key]);
                positions[key] = random.nextInt(Integer.MAX_VALUE);
                view.setPosition(slot, positions[key]);
                if (!isThere[key]) {
                    isThere[key] = true;
                    comings.incrementAndGet(key);
                }
            } else if (random.nextInt(4) == 0) {
                writes[key] = (writes[key] & 1) | 2 * random.nextInt(WRITES / 2);
                fill(numbers, counts[key], key, writes[key]);
                int slot = view.slotOf(keys[key]);
                view.write(slot, numbers, counts[key]);
                if (view.position(slot) != positions[key]) {
                    throw new AssertionError("position of " + keys[key] + ": " + view.position(slot));
                }
            } else {
                comings.incrementAndGet(key);
                view.remove(keys[key]);
                isThere[key] = false;
            }
        }
        return steps;
    }

    private static void fill(double[] numbers, int count, int key, int write) {
        Arrays.fill(numbers, 0, count, number(key, write));
    }

    private long read(StateKey[] keys, AtomicIntegerArray comings, long deadline, SplittableRandom random) {
        SuccessorView.Found found = new SuccessorView.Found();
        long reads = 0;
        for (; reads <= LEAST || System.nanoTime() < deadline; reads++) {
            int key = random.nextInt(keys.length);
            int nextAction = random.nextInt(random.nextBoolean() ? 3 : MOST_ACTIONS);
            int before = comings.get(key);
            if (view.read(keys[key], -1, random.nextInt(2), nextAction, found)) {
                double number = found.value();
                if (Double.isNaN(number) && nextAction > 0) {
                    continue; // no such action
                }
                assertThat(isWhole(number)).as("the halves of %s", number).isTrue();
                assertThat(keyOf(number)).as("key of the number read").isEqualTo(key);
                assertThat(writeOf(number) & 1)
                        .as("generation of the number read")
                        .isEqualTo(found.generation());
            } else if (before % 2 == 1) {
                assertThat(comings.get(key))
                        .as("key %d must have gone meanwhile", key)
                        .isNotEqualTo(before);
            }
        }
        return reads;
    }
}
