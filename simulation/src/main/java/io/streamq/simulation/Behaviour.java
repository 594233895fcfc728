package io.streamq.simulation;

/** How an agent that knows each action's value chooses among them, which determines a state's value. */
public sealed interface Behaviour {
    /**
     * The expected value of the action chosen in a state.
     *
     * @param q the value of each action, those that are not legal included
     */
    double stateValue(Mdp mdp, int state, double[] q);

    /** Always the best action. */
    static Behaviour greedy() {
        return new EpsilonGreedy(0);
    }

    /**
     * A uniformly random legal action with probability epsilon, else the best one.
     *
     * @param epsilon in [0, 1]
     */
    record EpsilonGreedy(double epsilon) implements Behaviour {
        public EpsilonGreedy {
            if (!(epsilon >= 0 && epsilon <= 1)) {
                throw new IllegalArgumentException("epsilon must be in [0, 1]: got " + epsilon);
            }
        }

        @Override
        public double stateValue(Mdp mdp, int state, double[] q) {
            double best = Double.NEGATIVE_INFINITY;
            double sum = 0;
            for (int action = 0; action < q.length; action++) {
                if (mdp.isLegal(state, action)) {
                    best = Math.max(best, q[action]);
                    sum += q[action];
                }
            }
            return epsilon == 0 ? best : (1 - epsilon) * best + epsilon * sum / mdp.legalActionCount(state);
        }
    }

    /**
     * Each legal action with a probability proportional to exp(q / temperature).
     *
     * @param temperature above 0, in the unit of the values
     */
    record Softmax(double temperature) implements Behaviour {
        public Softmax {
            if (!(temperature > 0 && Double.isFinite(temperature))) {
                throw new IllegalArgumentException("temperature must be finite and above 0: got " + temperature);
            }
        }

        @Override
        public double stateValue(Mdp mdp, int state, double[] q) {
            double[] probabilities = probabilities(mdp, state, q);
            double value = 0;
            for (int action = 0; action < q.length; action++) {
                value += probabilities[action] == 0 ? 0 : probabilities[action] * q[action];
            }
            return value;
        }

        /**
         * How likely each action is in a state.
         *
         * @param q the value of each action, those that are not legal included
         */
        public double[] probabilities(Mdp mdp, int state, double[] q) {
            // Weights relative to the best action's do not overflow.
            double best = greedy().stateValue(mdp, state, q);
            double[] weights = new double[q.length];
            double sum = 0;
            for (int action = 0; action < q.length; action++) {
                weights[action] = mdp.isLegal(state, action) ? Math.exp((q[action] - best) / temperature) : 0;
                sum += weights[action];
            }
            for (int action = 0; action < q.length; action++) {
                weights[action] /= sum;
            }
            return weights;
        }
    }
}
