package io.streamq.benchmarks.contest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.cli.terminal.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

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

    private static String warning(Setting setting) {
        StringWriter err = new StringWriter();
        setting.warnIfItDoesNotFit(
                new Terminal(new PrintWriter(new StringWriter()), new PrintWriter(err, true), false, false, 80));
        return err.toString();
    }
}
