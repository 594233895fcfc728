package io.streamq.benchmarks.contest;

import io.streamq.benchmarks.workload.Stopwatch;
import io.streamq.cli.program.CommandFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;

/** Watches a contestant while it learns from the second half of a topic, when all rows exist and little changes. */
public final class AllocationRun {
    private AllocationRun() {}

    /** Watches one contestant. */
    public interface Watch<T> extends AutoCloseable {
        /** The second half begins. */
        void begin();

        /**
         * All is learnt; the job still runs.
         *
         * @param work for files
         */
        T end(long experiences, Path work) throws IOException;

        @Override
        void close();
    }

    /** Runs both contestants in turn on one stadium. */
    public static <T> Map<Who, T> run(Setting setting, Supplier<Watch<T>> watches) throws Exception {
        Map<Who, T> seen = new EnumMap<>(Who.class);
        try (Stadium stadium = Stadium.open(setting)) {
            for (Who who : Who.values()) {
                try (Watch<T> watch = watches.get();
                        FlinkHost.Task task =
                                stadium.flink().start(who.contestant().job().apply(stadium))) {
                    Stopwatch.await(task::applied, setting.experiences() / 2);
                    watch.begin();
                    long first = task.applied();
                    Stopwatch.await(task::applied, setting.experiences());
                    seen.put(
                            who,
                            watch.end(
                                    counted(setting.experiences() - first),
                                    stadium.work().path()));
                }
            }
        }
        return seen;
    }

    private static long counted(long experiences) {
        if (experiences <= 0) {
            throw new CommandFailure(
                    "too few experiences to measure allocations: all of the second half were learnt between two"
                            + " polls; raise --experiences");
        }
        return experiences;
    }
}
