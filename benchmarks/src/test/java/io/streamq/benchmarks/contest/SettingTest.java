package io.streamq.benchmarks.contest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.benchmarks.workload.Skew;
import io.streamq.cli.terminal.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingTest {
    private static final Setting SETTING = Sweep.standard(true).onTaskManagers(1, 64);

    @Test
    void whatNeedsMoreThanThereIsIsSaidBefore() {
        assertThat(warning(SETTING.withStates(500_000)))
                .contains("this setting needs ", "STREAMQ_JAVA_OPTS", "--taskmanager-heap");
    }

    /** Builds that do not know them are to take turns with this one. */
    @Test
    void repeatsAreToldOnlyWhereThereAreSome() throws Exception {
        ObjectMapper json = new ObjectMapper();
        assertThat(json.writeValueAsString(SETTING)).contains("skippedPercent").doesNotContain("repeats");
        assertThat(json.readValue(json.writeValueAsString(SETTING), Setting.class))
                .isEqualTo(SETTING);
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 0", "1, 1", "2, 3", "3, 69"})
    void aLogHoldsAsManyExperiencesAsAreToBeLearnt(int parallelism, int repeats) {
        long experiences = 5 * Setting.evenly(parallelism, repeats);
        Setting setting = new Setting(
                experiences, 1, 1, 8, Skew.UNIFORM, parallelism, StateBackend.HASHMAP, 0, 64, Map.of(), 10, repeats);
        long held = LongStream.range(0, setting.published())
                .map(i -> setting.timesRead(i / parallelism))
                .sum();
        assertThat(held).isEqualTo(experiences);
    }

    private static String warning(Setting setting) {
        StringWriter err = new StringWriter();
        setting.warnIfItDoesNotFit(
                new Terminal(new PrintWriter(new StringWriter()), new PrintWriter(err, true), false, false, 80));
        return err.toString();
    }
}
