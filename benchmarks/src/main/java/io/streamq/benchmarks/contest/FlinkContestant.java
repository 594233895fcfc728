package io.streamq.benchmarks.contest;

import io.streamq.benchmarks.workload.Lap;
import io.streamq.benchmarks.workload.Stopwatch;
import java.nio.file.Path;
import java.util.function.Function;

/** A Flink job as a contestant: the bare one, or the product. */
record FlinkContestant(String name, Function<Stadium, FlinkJob> job) implements Contestant {
    static final FlinkContestant FLOOR = new FlinkContestant("bare Flink job", Floor::new);
    static final FlinkContestant PRODUCT = new FlinkContestant("StreamQ", Product::new);

    @Override
    public Run run(Stadium stadium) throws Exception {
        FlinkJob defined = job.apply(stadium);
        Lap lap;
        Path savepoint;
        try (FlinkHost.Task task = stadium.flink().start(defined)) {
            lap = Stopwatch.time(
                    task::applied,
                    stadium.setting().skipped(),
                    stadium.setting().experiences());
            savepoint = task.savepoint();
        }
        return new Run(
                lap,
                SavepointTable.visits(
                        savepoint,
                        defined,
                        stadium.setting().states(),
                        stadium.setting().actions()));
    }
}
