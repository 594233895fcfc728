package io.streamq.cli.experiment;

import io.streamq.agent.ActionSelector;
import io.streamq.job.options.StreamQOptions;
import io.streamq.schemas.AlgorithmKind;
import io.streamq.simulation.Behaviour;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An algorithm with its parameters.
 *
 * @param options of the job
 * @param behaviour whose values it converges to
 * @param nextActions by what agents choose the next action that they tell; {@code null} if it needs none
 */
record Learner(
        String name,
        Map<String, String> options,
        Behaviour behaviour,
        @Nullable ActionSelector nextActions) {
    /** All there are. */
    static List<Learner> all(double epsilon, double temperature) {
        Behaviour exploring = new Behaviour.EpsilonGreedy(epsilon);
        return List.of(
                new Learner("Q-learning", kind(AlgorithmKind.Q_LEARNING), Behaviour.greedy(), null),
                new Learner("double Q-learning", kind(AlgorithmKind.DOUBLE_Q_LEARNING), Behaviour.greedy(), null),
                new Learner(
                        "expected SARSA ε = " + epsilon,
                        kind(AlgorithmKind.EXPECTED_SARSA, StreamQOptions.EPSILON.key(), epsilon),
                        exploring,
                        null),
                new Learner(
                        "expected SARSA τ = " + temperature,
                        kind(AlgorithmKind.EXPECTED_SARSA, StreamQOptions.TEMPERATURE.key(), temperature),
                        new Behaviour.Softmax(temperature),
                        null),
                new Learner(
                        "SARSA ε = " + epsilon,
                        kind(AlgorithmKind.SARSA),
                        exploring,
                        ActionSelector.epsilonGreedy(epsilon)));
    }

    private static Map<String, String> kind(AlgorithmKind kind) {
        return Map.of(StreamQOptions.ALGORITHM.key(), kind.name());
    }

    private static Map<String, String> kind(AlgorithmKind kind, String parameter, double value) {
        return Map.of(StreamQOptions.ALGORITHM.key(), kind.name(), parameter, "" + value);
    }

    /** How often one acts at random whose values it converges to. */
    double epsilon() {
        return behaviour instanceof Behaviour.EpsilonGreedy exploring ? exploring.epsilon() : 0;
    }
}
