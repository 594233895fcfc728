package io.streamq.benchmarks.goals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.benchmarks.contest.ThroughputBenchmark;
import io.streamq.benchmarks.duel.DuelCommand;
import io.streamq.benchmarks.latency.LatencyCommand;
import io.streamq.benchmarks.memory.MemoryCommand;
import io.streamq.cli.terminal.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class GoalTest {
    private static final Terminal TERMINAL =
            new Terminal(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()), false, false, 80);

    @ParameterizedTest
    @CsvSource({"0.869, 0.86, true", "0.85, 0.85, true", "0.8499, 0.84, false"})
    void aDuelReachesItsGoalByTheMedianOfItsTurns(double ofBareJob, String written, boolean reached)
            throws JsonProcessingException {
        JsonNode duel = json("{'sides': [{'ofFirst': 1.0}, {'ofFirst': " + ofBareJob + "}]}");

        assertMeasured(goal("hashmap"), Map.of(Part.ONE_JVM, duel), written, reached);
    }

    @ParameterizedTest
    @CsvSource({"1000000, 5.0, true", "980000, 4.9, false"})
    void kafkaStreamsIsComparedByTheMediansOfARun(double streamq, String written, boolean reached)
            throws JsonProcessingException {
        JsonNode contest = json("{'places': [{'contestant': 'StreamQ', 'median': " + streamq
                + "}, {'contestant': 'Kafka Streams', 'median': 200000.0}]}");

        assertMeasured(goal("kafka-streams"), Map.of(Part.PEERS, contest), written, reached);
    }

    @ParameterizedTest
    @CsvSource({"2.0, 2.00, true", "2.001, 2.01, false"})
    void latencyIsToStayBelowItsGoal(double p99Ratio, String written, boolean reached) throws JsonProcessingException {
        JsonNode latency = json("{'rates': [{'p99Ratio': " + p99Ratio + "}]}");

        assertMeasured(goal("latency"), Map.of(Part.LATENCY, latency), written, reached);
    }

    @ParameterizedTest
    @CsvSource({"250.0, 349.4, 350, true", "350.1, 250.0, 351, false"})
    void theLargestOfAllMeasuredRowsCounts(double few, double many, String written, boolean reached)
            throws JsonProcessingException {
        JsonNode memory = json("{'row': {'bytesPerRow': {'1,000': " + few + ", '2,000': " + many + "}}}");

        assertMeasured(goal("row"), Map.of(Part.MEMORY, memory), written, reached);
    }

    @ParameterizedTest
    @CsvSource({"0.1, 0.2, 0, true", "0.1, 0.5, 1, false"})
    void whatBootstrapAndLearnAllocateForThemselvesCounts(
            double bootstrap, double learn, String written, boolean reached) throws JsonProcessingException {
        JsonNode memory = json("{'allocation': {'STREAMQ': ["
                + "{'task': 'Source: experiences -> decode', 'ownBytesPerExperience': 3.0},"
                + "{'task': 'bootstrap', 'ownBytesPerExperience': " + bootstrap + "},"
                + "{'task': 'learn -> (policy: Writer)', 'ownBytesPerExperience': " + learn + "}]}}");

        assertMeasured(goal("allocation"), Map.of(Part.MEMORY, memory), written, reached);
    }

    @Test
    void tenMillionStatesAreComparedWithAHundredThousand() throws JsonProcessingException {
        JsonNode many = json("{'places': [{'contestant': 'StreamQ', 'median': 1200000.0}]}");
        JsonNode few = json("{'places': [{'contestant': 'StreamQ', 'median': 3000000.0}]}");

        assertMeasured(
                goal("ten-million-states"),
                Map.of(Part.TEN_MILLION_STATES, many, Part.HUNDRED_THOUSAND_STATES, few),
                "0.40",
                false);
    }

    static Stream<Goal> goals() {
        return Goal.ALL.stream();
    }

    @ParameterizedTest
    @MethodSource("goals")
    void anOutcomeWithoutItsFigureIsNoFigureOfNought(Goal goal) throws JsonProcessingException {
        Map<Part, JsonNode> outcomes = new HashMap<>();
        for (Part part : goal.parts()) {
            outcomes.put(
                    part,
                    json("{'sides': [{}, {'ofFirst': null}], 'places': [{'contestant': 'StreamQ'}],"
                            + " 'row': {'bytesPerRow': {'1,000': null}}, 'allocation': {'STREAMQ':"
                            + " [{'task': 'bootstrap', 'ownBytesPerExperience': 0.0}, {'task': 'learner'}]}}"));
        }

        assertThatThrownBy(() -> goal.figure(outcomes))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("no number at /");
    }

    static Stream<Part> parts() {
        return Goal.ALL.stream().flatMap(goal -> goal.parts().stream()).distinct();
    }

    @ParameterizedTest
    @MethodSource("parts")
    void whatAPartIsMeasuredByIsACommandThatThereIs(Part part) {
        List<String> arguments = part.arguments(false);
        Object benchmark =
                switch (arguments.get(0)) {
                    case "duel" -> new DuelCommand(TERMINAL);
                    case "latency" -> new LatencyCommand(TERMINAL);
                    case "memory" -> new MemoryCommand(TERMINAL);
                    default -> new ThroughputBenchmark(TERMINAL);
                };
        List<String> options = arguments.subList(benchmark instanceof ThroughputBenchmark ? 0 : 1, arguments.size());

        assertThat(new CommandLine(benchmark)
                        .setCaseInsensitiveEnumValuesAllowed(true)
                        .parseArgs(options.toArray(String[]::new))
                        .unmatched())
                .isEmpty();
    }

    private static void assertMeasured(Goal goal, Map<Part, JsonNode> outcomes, String written, boolean reached) {
        double figure = goal.figure(outcomes);
        assertThat(goal.format(figure)).isEqualTo(written);
        assertThat(goal.isReachedBy(figure)).isEqualTo(reached);
    }

    private static Goal goal(String name) {
        return Goal.ALL.stream()
                .filter(goal -> goal.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode json(String quotedSingly) throws JsonProcessingException {
        return new ObjectMapper().readTree(quotedSingly.replace('\'', '"'));
    }
}
