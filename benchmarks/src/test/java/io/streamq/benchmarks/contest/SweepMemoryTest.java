package io.streamq.benchmarks.contest;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.benchmarks.contest.Outcome.Place;
import io.streamq.benchmarks.report.Machine;
import io.streamq.cli.terminal.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepMemoryTest {
    private static final Setting SETTING = Sweep.standard(true);

    @TempDir
    private Path folder;

    @Test
    void whatWasMeasuredEarlierIsNotMeasuredTwice() {
        keep(machine("G1", "abc", "10:00"), 3);
        Outcome known = new SweepMemory(folder, machine("G1", "abc", "11:00"), 3).recall(SETTING);
        assertThat(known).isNotNull();
        assertThat(known.places().get(0).median()).isEqualTo(2);
    }

    @Test
    void anotherSettingIsNotKnown() {
        keep(machine("G1", "abc", "10:00"), 3);
        assertThat(new SweepMemory(folder, machine("G1", "abc", "10:00"), 3).recall(SETTING.withActions(7)))
                .isNull();
    }

    @Test
    void otherRoundsCommitsAndOptionsOfJavaAreMeasuredAnew() {
        keep(machine("G1", "abc", "10:00"), 3);
        assertThat(new SweepMemory(folder, machine("G1", "abc", "10:00"), 4).recall(SETTING))
                .isNull();
        assertThat(new SweepMemory(folder, machine("G1", "def", "10:00"), 3).recall(SETTING))
                .isNull();
        assertThat(new SweepMemory(folder, machine("Parallel", "abc", "10:00"), 3).recall(SETTING))
                .isNull();
    }

    /** Two states of a checkout that differ from one commit may differ from each other. */
    @Test
    void whatHasNoCommitIsMeasuredAnew() {
        for (String commit : new String[] {null, "abc-dirty"}) {
            keep(machine("G1", commit, "10:00"), 3);
            assertThat(new SweepMemory(folder, machine("G1", commit, "10:00"), 3).recall(SETTING))
                    .as(commit)
                    .isNull();
        }
    }

    private void keep(Machine machine, int rounds) {
        Outcome outcome = new Outcome(
                "throughput",
                machine,
                SETTING,
                rounds,
                null,
                List.of(new Place("StreamQ", 2, 1, 3, null, List.of(1.0, 2.0, 3.0))));
        Terminal terminal = new Terminal(
                new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()), false, false, 80);
        new SweepMemory(folder, machine, rounds).keep(outcome, terminal);
    }

    private static Machine machine(String collectors, @Nullable String commit, String measuredAt) {
        return new Machine("cpu", 2, 8_192, "os", "jdk", collectors, 2_048, List.of(), commit, measuredAt);
    }
}
