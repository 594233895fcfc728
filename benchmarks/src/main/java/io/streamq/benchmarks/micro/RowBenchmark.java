package io.streamq.benchmarks.micro;

import io.streamq.learning.LearningRate;
import io.streamq.learning.QRow;
import io.streamq.learning.QRows;
import io.streamq.learning.TemporalDifference;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Operations on a row, with rows spread over memory. */
@State(Scope.Thread)
public class RowBenchmark {
    private static final int CHOICES = 1 << 16;
    private static final double OMEGA = 0.7;

    @Param({"6", "256"})
    public int actions;

    /** Few, which stay in caches, or many, which do not. */
    @Param({"1000", "50000"})
    public int rows;

    private final LearningRate rate = new LearningRate.Polynomial(OMEGA);
    private final int[] choices = new int[CHOICES];
    private QRow row = QRow.untouched(1, 1, 0);
    private int next;

    @Setup
    public void fill() {
        SplittableRandom random = new SplittableRandom(1);
        QRows table = new QRows(1, actions, rows);
        for (int i = 0; i < rows; i++) {
            table.add(learnt(random));
        }
        row = QRow.at(table, 0);
        for (int i = 0; i < CHOICES; i++) {
            choices[i] = random.nextInt(rows);
        }
    }

    /** With distinct values: among equal ones there is nothing to choose. */
    private QRow learnt(SplittableRandom random) {
        QRow learnt = QRow.untouched(1, actions, 0);
        for (int action = 0; action < actions; action++) {
            double unused = TemporalDifference.update(learnt, 0, action, random.nextDouble(), rate);
        }
        return learnt;
    }

    private QRow nextRow() {
        next = (next + 1) & (CHOICES - 1);
        row.moveTo(choices[next]);
        return row;
    }

    @Benchmark
    public double update() {
        return TemporalDifference.update(nextRow(), 0, next % actions, next & 7, rate);
    }

    @Benchmark
    public int chooseGreedy() {
        QRow chosen = nextRow();
        chosen.chooseGreedy(0);
        return chosen.greedyAction();
    }
}
