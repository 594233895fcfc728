package io.streamq.benchmarks.goals;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/**
 * A figure that StreamQ is to reach.
 *
 * @param name as it is chosen on the command line
 * @param bound on which side of the value the figure is to be
 * @param value with as many digits behind the point as figures are to have
 * @param parts what the figure is taken from
 * @param figure from the outcomes of these
 */
record Goal(
        String name,
        String title,
        Bound bound,
        BigDecimal value,
        List<Part> parts,
        Function<Map<Part, JsonNode>, Double> figure) {
    static final List<Goal> ALL = List.of(
            atLeast("hashmap", "throughput, of the bare job's", "0.85", Part.ONE_JVM, Goal::ofBareJob),
            atLeast("rocksdb", "  on RocksDB", "0.85", Part.ROCKSDB, Goal::ofBareJob),
            atLeast(
                    "rocksdb-beyond-memory",
                    "  on RocksDB, 1,000,000 states",
                    "0.85",
                    Part.ROCKSDB_BEYOND_MEMORY,
                    Goal::ofBareJob),
            atLeast("two-taskmanagers", "  on two TaskManagers", "0.80", Part.TWO_TASKMANAGERS, Goal::ofBareJob),
            atLeast(
                    "kafka-streams",
                    "throughput, of Kafka Streams'",
                    "5.0",
                    Part.PEERS,
                    peers -> throughput(peers, "StreamQ") / throughput(peers, "Kafka Streams")),
            atMost(
                    "latency",
                    "p99 of latency at 10,000 a second, of the echo's",
                    "2.00",
                    Part.LATENCY,
                    latency -> number(latency, "/rates/0/p99Ratio")),
            new Goal(
                    "ten-million-states",
                    "throughput of 10,000,000 states, of 100,000's",
                    Bound.AT_LEAST,
                    new BigDecimal("0.50"),
                    List.of(Part.TEN_MILLION_STATES, Part.HUNDRED_THOUSAND_STATES),
                    outcomes -> throughput(outcomes.get(Part.TEN_MILLION_STATES), "StreamQ")
                            / throughput(outcomes.get(Part.HUNDRED_THOUSAND_STATES), "StreamQ")),
            atMost("row", "bytes of a row of 8 actions", "350", Part.MEMORY, Goal::mostBytesOfRow),
            atMost(
                    "allocation",
                    "bytes allocated an experience, beyond Flink's",
                    "0",
                    Part.MEMORY,
                    Goal::wholeBytesAllocated));

    private static Goal atLeast(String name, String title, String value, Part part, Function<JsonNode, Double> figure) {
        return ofOnePart(name, title, Bound.AT_LEAST, value, part, figure);
    }

    private static Goal atMost(String name, String title, String value, Part part, Function<JsonNode, Double> figure) {
        return ofOnePart(name, title, Bound.AT_MOST, value, part, figure);
    }

    private static Goal ofOnePart(
            String name, String title, Bound bound, String value, Part part, Function<JsonNode, Double> figure) {
        return new Goal(
                name, title, bound, new BigDecimal(value), List.of(part), outcomes -> figure.apply(outcomes.get(part)));
    }

    /** On which side of a goal its figure is to be. */
    enum Bound {
        AT_LEAST,
        AT_MOST
    }

    /** A figure as it is written beside the goal. */
    String format(double number) {
        return String.format(Locale.ROOT, "%." + value.scale() + "f", number);
    }

    /** The figure that came out, once all its parts have. */
    double figure(Map<Part, JsonNode> outcomes) {
        return figure.apply(outcomes);
    }

    boolean isReachedBy(double measured) {
        return bound == Bound.AT_LEAST ? measured >= value.doubleValue() : measured <= value.doubleValue();
    }

    private static double ofBareJob(JsonNode duel) {
        return number(duel, "/sides/1/ofFirst");
    }

    private static double throughput(JsonNode contest, String contestant) {
        return StreamSupport.stream(contest.path("places").spliterator(), false)
                .filter(place -> place.path("contestant").asText().equals(contestant))
                .findFirst()
                .map(place -> number(place, "/median"))
                .orElseThrow(() -> new IllegalStateException("no place of " + contestant + " in " + contest));
    }

    private static double mostBytesOfRow(JsonNode memory) {
        return StreamSupport.stream(memory.at("/row/bytesPerRow").spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .max()
                .orElseThrow(() -> new IllegalStateException("no bytes of a row in " + memory));
    }

    /** Rounded: a table that grows now and then is no allocation of an experience. */
    private static double wholeBytesAllocated(JsonNode memory) {
        return Math.round(StreamSupport.stream(memory.at("/allocation/STREAMQ").spliterator(), false)
                .filter(task -> task.path("task").asText().matches("(bootstrap|learn)\\b.*"))
                .mapToDouble(task -> number(task, "/ownBytesPerExperience"))
                .sum());
    }

    private static double number(JsonNode outcome, String where) {
        JsonNode number = outcome.at(where);
        if (!number.isNumber()) {
            throw new IllegalStateException("no number at " + where + " in " + outcome);
        }
        return number.asDouble();
    }
}
