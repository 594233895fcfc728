package io.streamq.cli.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The exact Q* of a recorded world, from the file that lies beside its log. */
final class ExactOptimum {
    /** Far above the ten decimals of the file, far below the smallest gap. */
    private static final double TIE = 1e-8;

    private final Map<String, double[]> qByState;

    private ExactOptimum(Map<String, double[]> qByState) {
        this.qByState = qByState;
    }

    static ExactOptimum read(Path file, double discount) throws IOException {
        for (JsonNode solution : new ObjectMapper().readTree(file.toFile()).get("solutions")) {
            if (solution.get("discount").asDouble() == discount) {
                Map<String, double[]> q = new HashMap<>();
                solution.get("q").properties().forEach(state -> q.put(state.getKey(), values(state.getValue())));
                return new ExactOptimum(q);
            }
        }
        throw new IllegalArgumentException(file + " has no solution for discount " + discount);
    }

    private static double[] values(JsonNode node) {
        double[] values = new double[node.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = node.get(i).asDouble();
        }
        return values;
    }

    double q(String state, int action) {
        return qByState.get(state)[action];
    }

    boolean isOptimal(String state, int action) {
        double best = Double.NEGATIVE_INFINITY;
        for (double value : qByState.get(state)) {
            best = Math.max(best, value);
        }
        return q(state, action) >= best - TIE;
    }
}
