package io.streamq.benchmarks.contest;

import io.streamq.benchmarks.workload.Skew;
import io.streamq.benchmarks.workload.Workload;
import io.streamq.cli.terminal.Quantities;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One parameter that is varied, the others at their defaults. */
enum Sweep {
    STATES {
        @Override
        List<Place> places(boolean quick) {
            return varied(
                    quick,
                    states -> enough(standard(quick).withStates(states)),
                    1_000,
                    10_000,
                    100_000,
                    1_000_000,
                    10_000_000);
        }
    },
    ACTIONS {
        @Override
        List<Place> places(boolean quick) {
            return varied(quick, standard(quick)::withActions, 4, 16, 256);
        }
    },
    STATE_BYTES {
        @Override
        List<Place> places(boolean quick) {
            return varied(quick, standard(quick)::withStateBytes, 8, 64);
        }
    },
    PARALLELISM {
        @Override
        List<Place> places(boolean quick) {
            return varied(quick, standard(quick)::withParallelism, 1, 2, 4);
        }
    },
    STATE_BACKEND {
        @Override
        List<Place> places(boolean quick) {
            return Stream.of(StateBackend.values())
                    .map(backend ->
                            new Place(backend.flinkName(), standard(quick).withStateBackend(backend)))
                    .toList();
        }
    },
    SKEW {
        @Override
        List<Place> places(boolean quick) {
            return Stream.of(Skew.values())
                    .map(skew -> new Place(
                            skew.name().toLowerCase(Locale.ROOT),
                            standard(quick).withSkew(skew)))
                    .toList();
        }
    },
    TASKMANAGERS {
        @Override
        List<Place> places(boolean quick) {
            return varied(quick, processes -> onCluster(quick).onTaskManagers(processes, PROCESS_HEAP_MEBIBYTES), 1, 2);
        }
    },
    /** The largest table for which a speed is promised: at least half that of the usual one. */
    SCALE {
        @Override
        List<Place> places(boolean quick) {
            Setting one = onCluster(quick)
                    .withActions(SCALE_ACTIONS)
                    .onTaskManagers(1, quick ? PROCESS_HEAP_MEBIBYTES : SCALE_HEAP_MEBIBYTES);
            return varied(quick, states -> enough(one.withStates(states)), 100_000, 10_000_000);
        }
    };

    private static final long EXPERIENCES = 6_000_000;
    private static final int PROCESS_HEAP_MEBIBYTES = 2048;
    private static final int SCALE_HEAP_MEBIBYTES = 8192;
    private static final int SCALE_ACTIONS = 4;
    private static final int QUICK_STATES = 1_000;

    /**
     * A point of a sweep.
     *
     * @param name what is varied, at this point
     */
    record Place(String name, Setting setting) {}

    abstract List<Place> places(boolean quick);

    /** As on the command line, but with spaces. */
    String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** The setting around which everything is varied. */
    static Setting standard(boolean quick) {
        return new Setting(
                quick ? Setting.QUICK_EXPERIENCES : EXPERIENCES,
                quick ? QUICK_STATES : 100_000,
                6,
                Workload.LEAST_STATE_BYTES,
                Skew.UNIFORM,
                2,
                StateBackend.HASHMAP,
                0,
                PROCESS_HEAP_MEBIBYTES,
                Map.of(),
                Setting.SKIPPED_PERCENT,
                0);
    }

    private static Setting onCluster(boolean quick) {
        return quick ? standard(true).withExperiences(Setting.QUICK_EXPERIENCES_ON_CLUSTER) : standard(false);
    }

    /** With enough experiences that most states are visited more than once. */
    private static Setting enough(Setting setting) {
        return setting.withExperiences(Math.max(setting.experiences(), 3L * setting.states()));
    }

    private static List<Place> varied(boolean quick, IntFunction<Setting> setting, int... numbers) {
        return IntStream.of(numbers)
                .limit(quick ? 1 : Integer.MAX_VALUE)
                .mapToObj(number -> new Place(Quantities.count(number), setting.apply(number)))
                .toList();
    }
}
