package io.streamq.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.cli.Invocation;
import io.streamq.cli.program.ExitCodes;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What comes of a demo with agents. */
class DemoKafkaITCase {
    @Test
    void experiencesThatRunOutAreAFailureWithASentence() {
        Invocation demo = Invocation.of("demo", "--experiences", "500");
        assertThat(demo.exitCode()).as(demo.err()).isEqualTo(ExitCodes.FAILED);
        assertThat(demo.out()).contains("Not optimal after 500 experiences", "Try more --experiences.");
    }

    @Test
    void aProgramReadsTheOutcomeAndThePolicyAsJson() throws IOException {
        Invocation demo = Invocation.of("demo", "--world", "grid", "--size", "2x3", "--json");
        assertThat(demo.exitCode()).as(demo.err()).isEqualTo(ExitCodes.DONE);
        JsonNode outcome = new ObjectMapper().readTree(demo.out());
        assertThat(outcome.get("optimal").asBoolean()).isTrue();
        assertThat(outcome.get("statesThatMatter")).isEqualTo(outcome.get("optimalStatesThatMatter"));
        assertThat(outcome.get("policy")).hasSize(5).allSatisfy(state -> assertThat(
                        state.get("value").asDouble())
                .isCloseTo(state.get("exactValue").asDouble(), within(0.1)));
    }
}
