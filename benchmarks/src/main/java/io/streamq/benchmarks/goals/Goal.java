package io.streamq.benchmarks.goals;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamq.job.OperatorUids;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A figure that StreamQ should reach.
 *
 * @param name on the command line
 * @param ofWhat what the figure is relative to; empty if nothing
 * @param bound on which side of the value the figure should be
 * @param value with as many decimals as figures are shown with
 * @param parts the runs from which the figure is computed
 * @param figure computes it from their outcomes; fails if it is missing
 */
record Goal(
        String name,
        String title,
        String ofWhat,
        Bound bound,
        BigDecimal value,
        List<Part> parts,
        Function<Map<Part, JsonNode>, Double> figure) {
    private static final String BARE_JOB = "of the bare job";

    static final List<Goal> ALL = List.of(
            atLeast("hashmap", "throughput", BARE_JOB, "0.85", Part.ONE_JVM, Goal::ofFirstSide),
            atLeast("rocksdb", "throughput, RocksDB", BARE_JOB, "0.85", Part.ROCKSDB, Goal::ofFirstSide),
            atLeast(
                    "rocksdb-beyond-memory",
                    "throughput, RocksDB, 10^6 states",
                    BARE_JOB,
                    "0.85",
                    Part.ROCKSDB_BEYOND_MEMORY,
                    Goal::ofFirstSide),
            atLeast(
                    "two-taskmanagers",
                    "throughput, two TaskManagers",
                    BARE_JOB,
                    "0.80",
                    Part.TWO_TASKMANAGERS,
                    Goal::ofFirstSide),
            atLeast(
                    "kafka-streams",
                    "throughput",
                    "of Kafka Streams",
                    "5.0",
                    Part.PEERS,
                    peers -> throughput(peers, "StreamQ") / throughput(peers, "Kafka Streams")),
            atMost(
                    "latency",
                    "p99 latency, 10,000 a second",
                    "of the echo",
                    "2.00",
                    Part.LATENCY,
                    latency -> number(latency, "/rates/0/p99Ratio")),
            new Goal(
                    "ten-million-states",
                    "throughput, 10^7 states",
                    "of 10^5 states",
                    Bound.AT_LEAST,
                    new BigDecimal("0.50"),
                    List.of(Part.TEN_MILLION_STATES, Part.HUNDRED_THOUSAND_STATES),
                    outcomes -> throughput(outcomes.get(Part.TEN_MILLION_STATES), "StreamQ")
                            / throughput(outcomes.get(Part.HUNDRED_THOUSAND_STATES), "StreamQ")),
            atMost("row", "bytes of a row of 8 actions", "", "350", Part.MEMORY, Goal::mostBytesOfRow),
            atMost(
                    "allocation",
                    "bytes allocated an experience",
                    "beyond Flink's",
                    "0",
                    Part.MEMORY,
                    Goal::wholeBytesAllocated));

    /** On which side of a goal its figure should be. */
    enum Bound {
        AT_LEAST("≥"),
        AT_MOST("≤");

        private final String sign;

        Bound(String sign) {
            this.sign = sign;
        }

        String sign() {
            return sign;
        }
    }

    private static Goal atLeast(
            String name, String title, String ofWhat, String value, Part part, Function<JsonNode, Double> figure) {
        return ofOnePart(name, title, ofWhat, Bound.AT_LEAST, value, part, figure);
    }

    private static Goal atMost(
            String name, String title, String ofWhat, String value, Part part, Function<JsonNode, Double> figure) {
        return ofOnePart(name, title, ofWhat, Bound.AT_MOST, value, part, figure);
    }

    private static Goal ofOnePart(
            String name,
            String title,
            String ofWhat,
            Bound bound,
            String value,
            Part part,
            Function<JsonNode, Double> figure) {
        return new Goal(
                name,
                title,
                ofWhat,
                bound,
                new BigDecimal(value),
                List.of(part),
                outcomes -> figure.apply(outcomes.get(part)));
    }

    /** The measured figure, once all its parts have been measured. */
    double figure(Map<Part, JsonNode> outcomes) {
        return figure.apply(outcomes);
    }

    boolean isReachedBy(double measured) {
        return bound == Bound.AT_LEAST ? measured >= value.doubleValue() : measured <= value.doubleValue();
    }

    /** A figure as shown beside the goal, rounded so that a missed goal never looks reached. */
    String format(double measured) {
        return BigDecimal.valueOf(measured)
                .setScale(value.scale(), bound == Bound.AT_LEAST ? RoundingMode.FLOOR : RoundingMode.CEILING)
                .toPlainString();
    }

    /** For the second side of a duel, StreamQ. */
    private static double ofFirstSide(JsonNode duel) {
        return number(duel, "/sides/1/ofFirst");
    }

    private static double throughput(JsonNode contest, String contestant) {
        return children(contest, "/places")
                .filter(place -> place.path("contestant").asText().equals(contestant))
                .findFirst()
                .map(place -> number(place, "/median"))
                .orElseThrow(() -> missing("/places of " + contestant, contest));
    }

    private static double mostBytesOfRow(JsonNode memory) {
        String where = "/row/bytesPerRow";
        return memory.at(where).properties().stream()
                .mapToDouble(size -> number(memory, where + "/" + size.getKey()))
                .max()
                .orElseThrow(() -> missing(where, memory));
    }

    /** Rounded to whole bytes: a table's occasional growth is not an allocation per experience. */
    private static double wholeBytesAllocated(JsonNode memory) {
        return Math.round(ownBytes(memory, OperatorUids.BOOTSTRAP) + ownBytes(memory, OperatorUids.LEARN));
    }

    /** Of the task that begins with an operator. */
    private static double ownBytes(JsonNode memory, String operator) {
        return children(memory, "/allocation/STREAMQ")
                .filter(task -> (task.path("task").asText() + " ").startsWith(operator + " "))
                .findFirst()
                .map(task -> number(task, "/ownBytesPerExperience"))
                .orElseThrow(() -> missing("/allocation/STREAMQ of " + operator, memory));
    }

    private static Stream<JsonNode> children(JsonNode outcome, String where) {
        return StreamSupport.stream(outcome.at(where).spliterator(), false);
    }

    private static double number(JsonNode outcome, String where) {
        JsonNode number = outcome.at(where);
        if (!number.isNumber()) {
            throw missing(where, outcome);
        }
        return number.asDouble();
    }

    private static IllegalStateException missing(String where, JsonNode outcome) {
        return new IllegalStateException("no number at " + where + " in " + outcome);
    }
}
