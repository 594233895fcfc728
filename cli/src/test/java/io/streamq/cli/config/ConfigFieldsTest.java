package io.streamq.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamq.cli.Invocation;
import io.streamq.job.policy.PolicyRulesReader;
import io.streamq.schemas.PolicyConfig;
import org.junit.jupiter.api.Test;

class ConfigFieldsTest {
    @Test
    void theListHasWhatAJobTakesAndNotWhatItAlwaysRefuses() {
        assertThat(Invocation.of("config", "fields").out())
                .contains("Q_LEARNING | DOUBLE_Q_LEARNING | EXPECTED_SARSA | SARSA\n", "algorithm.epsilon")
                .doesNotContain("WATKINS", "lambda");
        assertThat(Invocation.of("config", "fields", "--json").out()).doesNotContain("WATKINS", "lambda");
    }

    @Test
    void theListTellsWhatEachNumberMustBe() {
        assertThat(Invocation.of("config", "fields").out())
                .containsPattern("actions +\\(required\\) +integer +in \\[1, 32768] +Number")
                .containsPattern("limits.duplicateWindow +0 +integer +in \\[0, 4096] +Identities")
                .containsPattern("emission.heartbeatMillis +null +integer or null +at least 1000, or null +Send");
        assertThat(Invocation.of("config", "fields", "--json").outLines())
                .filteredOn(line -> line.contains("\"kind\":\"integer") || line.contains("\"kind\":\"number"))
                .hasSizeGreaterThan(15)
                .allSatisfy(line -> assertThat(line).contains("\"range\":\""));
    }

    /** The sentence of the job tells why, and what to do instead. */
    @Test
    void whatTheListLeavesOutCanBeAskedForAndIsRefusedWithTheReason() {
        PolicyConfig config = ConfigFields.defaults();
        ConfigFields.set(config, "actions", "2");
        ConfigFields.set(config, "algorithm.kind", "watkins_q_lambda");
        ConfigFields.set(config, "algorithm.lambda", "0.9");
        assertThatThrownBy(() -> PolicyRulesReader.read(config))
                .hasMessageContaining("0007-no-traces")
                .hasMessageContaining("algorithm.lambda must be null");
    }

    @Test
    void aNameIsSuggestedOnlyIfItIsNear() {
        PolicyConfig config = ConfigFields.defaults();
        assertThatThrownBy(() -> ConfigFields.set(config, "dicsont", "1"))
                .hasMessageContaining("no field 'dicsont'; the nearest is discount");
        assertThatThrownBy(() -> ConfigFields.set(config, "foo", "1"))
                .hasMessageStartingWith("a configuration has no field 'foo'. 'streamq config fields'");
    }
}
