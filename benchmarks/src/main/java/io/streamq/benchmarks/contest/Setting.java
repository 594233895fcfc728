package io.streamq.benchmarks.contest;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.streamq.benchmarks.workload.Skew;
import io.streamq.benchmarks.workload.Workload;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Terminal;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is measured: a workload, and what learns from it.
 *
 * @param experiences in each run
 * @param stateBytes of a state's name, in UTF-8
 * @param parallelism of the jobs, and partitions of their topic
 * @param taskManagers TaskManager processes of a real cluster; 0 for Flink in this JVM
 * @param heapMebibytes for the tasks of each of these processes
 * @param flink further settings of Flink, the same for all jobs
 * @param skippedPercent of each run's experiences, the first ones, are not timed
 * @param repeats how many more times the log holds what is published, each time less of its beginning
 */
public record Setting(
        long experiences,
        int states,
        int actions,
        int stateBytes,
        Skew skew,
        int parallelism,
        StateBackend stateBackend,
        int taskManagers,
        int heapMebibytes,
        Map<String, String> flink,
        int skippedPercent,
        // Omitted if 0: other checkouts may not know it.
        @JsonInclude(JsonInclude.Include.NON_DEFAULT) int repeats) {
    /** Of a run, by default. */
    public static final int SKIPPED_PERCENT = 10;

    /** Of a short run, but longer than the interval at which its count is polled. */
    static final long QUICK_EXPERIENCES = 100_000;
    /** The same on a cluster, whose count is updated only ten times a second. */
    static final long QUICK_EXPERIENCES_ON_CLUSTER = 3_000_000;

    /** Roughly, of a row without its actions: key, objects, entries of maps. */
    private static final double ROW_BYTES = 220;
    /** Of an action in a row: value, visits, and what a snapshot copies meanwhile. */
    private static final double CELL_BYTES = 20;
    /** Of broker, Flink, and buffers. */
    private static final long FIXED_BYTES = 700L << 20;

    /** In words, for the foot of a table. */
    public String inShort() {
        StringJoiner words = new StringJoiner(", ");
        words.add(Quantities.count(experiences, "experience")
                + (repeats == 0
                        ? ""
                        : ", of which " + Quantities.count(published()) + " published and repeated " + repeats
                                + " times"));
        words.add(Quantities.count(states, "state"));
        words.add(actions + " actions");
        words.add("keys of " + stateBytes + " bytes");
        if (skew != Skew.UNIFORM) {
            words.add(skew.name().toLowerCase(Locale.ROOT));
        }
        words.add("parallelism " + parallelism);
        words.add(stateBackend.flinkName());
        words.add(
                taskManagers == 0
                        ? "one JVM"
                        : taskManagers + (taskManagers == 1 ? " TaskManager" : " TaskManagers") + " of " + heapMebibytes
                                + " MiB");
        flink.forEach((key, value) -> words.add(key + "=" + value));
        if (skippedPercent != SKIPPED_PERCENT) {
            words.add("the first " + skippedPercent + " % not timed");
        }
        return words.toString();
    }

    /** Only a warning, given in advance: the estimate is rough, so the run may succeed nevertheless. */
    public void warnIfItDoesNotFit(Terminal terminal) {
        String why = whyItDoesNotFit();
        if (why != null) {
            terminal.warn("this setting " + why
                    + ": it may fail, or measure the garbage collector; STREAMQ_JAVA_OPTS=-Xmx8g gives this Java more, and"
                    + " --taskmanager-heap each TaskManager");
        }
    }

    /** What a run would need that this machine does not have; {@code null} if nothing. */
    @Nullable
    String whyItDoesNotFit() {
        long table = (long) (states * (ROW_BYTES + stateBytes + CELL_BYTES * actions));
        // The table and, in the benchmark's JVM, the visits published and those read from a savepoint.
        long counts = 2L * Integer.BYTES * states * actions;
        long here = FIXED_BYTES + counts + table;
        long heap = Runtime.getRuntime().maxMemory();
        if (here > heap) {
            return "needs a heap of about " + (here >> 20) + " MiB, and this Java has " + (heap >> 20);
        }
        long process = (long) heapMebibytes << 20;
        if (taskManagers > 0 && table / taskManagers > process) {
            return "needs TaskManagers of about " + ((table / taskManagers) >> 20) + " MiB, and they have "
                    + heapMebibytes;
        }
        return null;
    }

    /**
     * What the number of experiences must be a multiple of, so that all partitions and repetitions begin where they should.
     */
    static long evenly(int parallelism, int repeats) {
        return repeats == 0 ? 1 : parallelism * (1L + repeats) * (2L + repeats) / 2;
    }

    /** How many experiences are published; the rest of the log repeats them, on average half of them. */
    public long published() {
        return 2 * experiences / (2L + repeats);
    }

    /**
     * By how many records each repetition of a partition begins later than the one before. If all were read side by side from the
     * beginning, an experience would come as many times in a row, and find its row in the CPU's cache.
     */
    long apart() {
        return published() / (parallelism * (1L + repeats));
    }

    /** How often the record at an offset is in the log. */
    int timesRead(long offset) {
        return repeats == 0 ? 1 : (int) Math.min(1L + repeats, 1 + offset / apart());
    }

    Workload workload() {
        return new Workload(published(), states, actions, stateBytes, skew, parallelism);
    }

    /** Experiences of a run that come before the timed ones. */
    long skipped() {
        return experiences * skippedPercent / 100;
    }

    Setting withExperiences(long others) {
        return but(draft -> draft.experiences = others);
    }

    Setting withStates(int others) {
        return but(draft -> draft.states = others);
    }

    Setting withActions(int others) {
        return but(draft -> draft.actions = others);
    }

    Setting withStateBytes(int others) {
        return but(draft -> draft.stateBytes = others);
    }

    Setting withSkew(Skew other) {
        return but(draft -> draft.skew = other);
    }

    Setting withParallelism(int other) {
        return but(draft -> draft.parallelism = other);
    }

    Setting withStateBackend(StateBackend other) {
        return but(draft -> draft.stateBackend = other);
    }

    Setting onTaskManagers(int others, int heap) {
        return but(draft -> {
            draft.taskManagers = others;
            draft.heapMebibytes = heap;
        });
    }

    /** With a setting of Flink, unless it is set already. */
    public Setting withFlink(String key, String value) {
        return but(draft -> {
            draft.flink = new LinkedHashMap<>(flink);
            draft.flink.putIfAbsent(key, value);
        });
    }

    /** A copy of this one with a change. */
    private Setting but(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.setting();
    }

    /** A mutable copy of a setting. */
    private static final class Draft {
        private final int skippedPercent;
        private final int repeats;
        private long experiences;
        private int states;
        private int actions;
        private int stateBytes;
        private Skew skew;
        private int parallelism;
        private StateBackend stateBackend;
        private int taskManagers;
        private int heapMebibytes;
        private Map<String, String> flink;

        Draft(Setting setting) {
            experiences = setting.experiences;
            states = setting.states;
            actions = setting.actions;
            stateBytes = setting.stateBytes;
            skew = setting.skew;
            parallelism = setting.parallelism;
            stateBackend = setting.stateBackend;
            taskManagers = setting.taskManagers;
            heapMebibytes = setting.heapMebibytes;
            flink = setting.flink;
            skippedPercent = setting.skippedPercent;
            repeats = setting.repeats;
        }

        Setting setting() {
            return new Setting(
                    experiences,
                    states,
                    actions,
                    stateBytes,
                    skew,
                    parallelism,
                    stateBackend,
                    taskManagers,
                    heapMebibytes,
                    flink,
                    skippedPercent,
                    repeats);
        }
    }
}
