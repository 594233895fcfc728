package io.streamq.cli.experiment;

import io.streamq.agent.ActionSelector;
import io.streamq.agent.Policy;
import io.streamq.agent.StatePolicy;
import io.streamq.cli.stage.GreedyPolicy;
import io.streamq.job.options.StreamQOptions;
import io.streamq.schemas.AlgorithmKind;
import io.streamq.simulation.Behaviour;
import io.streamq.simulation.ExpectedReturn;
import io.streamq.simulation.Mdp;
import io.streamq.simulation.Solution;
import io.streamq.simulation.World;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An algorithm with its parameters.
 *
 * @param options of the job
 * @param behaviour that it converges to the values of
 * @param nextActions chooses the next action that agents name; {@code null} if it needs none
 */
record Learner(
        String name,
        Map<String, String> options,
        Behaviour behaviour,
        @Nullable ActionSelector nextActions) {
    /** All algorithms. */
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

    /** The expected return of an agent that has received this policy and acts on it as the algorithm assumes. */
    double worth(World world, Policy received) {
        Mdp mdp = world.mdp();
        double[][] q = new double[mdp.states()][mdp.actions()];
        for (int state = 0; state < q.length; state++) {
            StatePolicy known = received.lookup(mdp.name(state));
            q[state] = known == null ? q[state] : known.qValues();
        }
        return worth(world, GreedyPolicy.of(received, mdp), q);
    }

    /** The same for an agent that knows what the algorithm converges to. */
    double worth(World world, Solution solution) {
        Mdp mdp = world.mdp();
        double[][] q = new double[mdp.states()][mdp.actions()];
        for (int state = 0; state < q.length; state++) {
            for (int action = 0; action < mdp.actions(); action++) {
                q[state][action] = solution.q(state, action);
            }
        }
        return worth(world, solution.policy(), q);
    }

    private double worth(World world, int[] greedy, double[][] q) {
        if (behaviour instanceof Behaviour.EpsilonGreedy exploring) {
            return ExpectedReturn.of(world, greedy, exploring.epsilon(), world.discount());
        }
        Behaviour.Softmax softmax = (Behaviour.Softmax) behaviour;
        double[][] probabilities = new double[q.length][];
        for (int state = 0; state < q.length; state++) {
            probabilities[state] = softmax.probabilities(world.mdp(), state, q[state]);
        }
        return ExpectedReturn.of(world, probabilities, world.discount());
    }
}
