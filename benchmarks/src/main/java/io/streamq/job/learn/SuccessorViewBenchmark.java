package io.streamq.job.learn;

import io.streamq.benchmarks.workload.Workload;
import io.streamq.job.record.StateKey;
import io.streamq.learning.BootstrapChoice;
import io.streamq.learning.GreedyChoice;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The view that BOOTSTRAP reads and LEARN writes; in its package, as it is not visible elsewhere. */
@State(Scope.Thread)
public class SuccessorViewBenchmark {
    private static final int CHOICES = 1 << 16;

    /** Few, which stay in caches, or many, which do not. */
    @Param({"1000", "1000000"})
    public int rows;

    private final SuccessorView.Found found = new SuccessorView.Found();
    private final double[] number = {1};
    private final StateKey[] keys = new StateKey[CHOICES];
    private final int[] slots = new int[CHOICES];
    private SuccessorView view = new SuccessorView();
    private int next;

    @Setup
    public void fill() {
        view = new SuccessorView();
        for (int state = 0; state < rows; state++) {
            var unused = view.add(key(state), 0, BootstrapChoice.ONLY, number, 1);
        }
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < CHOICES; i++) {
            int state = random.nextInt(rows);
            // Not the view's own object, just as keys from the network are not.
            keys[i] = key(state);
            slots[i] = view.slotOf(keys[i]);
        }
    }

    private static StateKey key(int state) {
        return StateKey.of("default", Workload.name(state, Workload.LEAST_STATE_BYTES));
    }

    @Benchmark
    public double read() {
        view.read(keys[next++ & (CHOICES - 1)], -1, 0, GreedyChoice.NONE, found);
        return found.value();
    }

    @Benchmark
    public void write() {
        number[0] = next;
        view.write(slots[next++ & (CHOICES - 1)], number, 1);
    }
}
