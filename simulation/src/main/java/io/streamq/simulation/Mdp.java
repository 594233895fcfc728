package io.streamq.simulation;

import io.streamq.learning.ActionSet;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A finite Markov decision process as an exact model: states, actions, and all outcomes of each pair. An action without
 * outcomes is not legal in that state. Immutable; sampling allocates nothing.
 */
public final class Mdp {
    private static final double TOLERANCE = 1e-9;

    private final int actions;
    private final int start;
    private final Transition[][][] outcomes;
    private final String[] names;
    /** By state; {@code null} where all actions are legal. */
    private final long @Nullable [][] legalActions;

    private final BitSet terminal = new BitSet();

    private Mdp(Builder builder) {
        this.actions = builder.actions;
        this.start = builder.start;
        this.names = new String[builder.states];
        this.outcomes = new Transition[builder.states][actions][];
        this.legalActions = new long[builder.states][];
        for (int state = 0; state < builder.states; state++) {
            names[state] = Integer.toString(state);
            for (int action = 0; action < actions; action++) {
                List<Transition> row = builder.row(state, action);
                if (!row.isEmpty()) {
                    requireDistribution(state, action, row);
                }
                outcomes[state][action] = row.toArray(Transition[]::new);
                row.stream().filter(Transition::terminated).forEach(end -> terminal.set(end.nextState()));
            }
            legalActions[state] = legalActionsOf(state);
        }
    }

    private long @Nullable [] legalActionsOf(int state) {
        int[] legal = IntStream.range(0, actions)
                .filter(action -> isLegal(state, action))
                .toArray();
        if (legal.length == 0) {
            throw new IllegalArgumentException("an action must be legal in every state: state " + state + " has none");
        }
        return legal.length == actions ? null : ActionSet.of(actions, legal);
    }

    private static void requireDistribution(int state, int action, List<Transition> row) {
        double sum = row.stream().mapToDouble(Transition::probability).sum();
        if (!(Math.abs(sum - 1) <= TOLERANCE)) {
            throw new IllegalArgumentException("the probabilities of state " + state + ", action " + action
                    + " must sum to 1: got " + sum + " from " + row);
        }
    }

    public int states() {
        return outcomes.length;
    }

    public int actions() {
        return actions;
    }

    /** Where every episode begins. */
    public int start() {
        return start;
    }

    /** The state's name in experience: its decimal index. */
    public String name(int state) {
        return names[state];
    }

    /** Whether arriving there ends the task. The model may still say what would happen afterwards. */
    public boolean isTerminal(int state) {
        return terminal.get(state);
    }

    /** Whether the action may be taken in the state. */
    public boolean isLegal(int state, int action) {
        return outcomes[state][action].length > 0;
    }

    /** The legal actions of a state as in {@link ActionSet}, not to be changed; {@code null} for all. */
    public long @Nullable [] legalActions(int state) {
        return legalActions[state];
    }

    /** How many actions are legal in a state; at least 1. */
    int legalActionCount(int state) {
        int count = 0;
        for (int action = 0; action < actions; action++) {
            count += isLegal(state, action) ? 1 : 0;
        }
        return count;
    }

    /**
     * All outcomes of an action; their probabilities sum to 1, and two may lead to the same state. Empty if it is not
     * legal.
     */
    public List<Transition> transitions(int state, int action) {
        return List.of(outcomes[state][action]);
    }

    /** Without copying, for this package's solvers, which do not change it. */
    Transition[] outcomes(int state, int action) {
        return outcomes[state][action];
    }

    /** Draws an outcome of a legal action. A certain outcome draws no random number. */
    public Transition step(int state, int action, RandomGenerator random) {
        Transition[] row = outcomes[state][action];
        int last = row.length - 1;
        if (last == 0) {
            return row[0];
        }
        double rest = random.nextDouble();
        for (int i = 0; i < last; i++) {
            rest -= row[i].probability();
            if (rest < 0) {
                return row[i];
            }
        }
        return row[last];
    }

    /** The states in which an agent may ever have to act: those reachable from the start, except terminal ones. */
    public BitSet reachable() {
        return reachable((state, action) -> true);
    }

    /** The states in which an agent may have to act if it takes admitted actions only. */
    BitSet reachable(ActionFilter admitted) {
        BitSet seen = new BitSet(states());
        ArrayDeque<Integer> frontier = new ArrayDeque<>();
        seen.set(start);
        frontier.add(start);
        while (!frontier.isEmpty()) {
            int state = frontier.remove();
            for (int action = 0; action < actions; action++) {
                if (!admitted.admits(state, action)) {
                    continue;
                }
                for (Transition outcome : outcomes[state][action]) {
                    if (!outcome.terminated() && !seen.get(outcome.nextState())) {
                        seen.set(outcome.nextState());
                        frontier.add(outcome.nextState());
                    }
                }
            }
        }
        return seen;
    }

    /** Which actions may be taken where. */
    @FunctionalInterface
    interface ActionFilter {
        boolean admits(int state, int action);
    }

    /** Builds a model whose states and actions are numbered from 0. */
    public static Builder builder(int states, int actions) {
        return new Builder(states, actions);
    }

    /** Collects transitions. */
    public static final class Builder {
        private final int states;
        private final int actions;
        private final List<List<Transition>> rows;
        private int start;

        private Builder(int states, int actions) {
            if (states < 1 || actions < 1) {
                throw new IllegalArgumentException(
                        "a model must have a state and an action: got " + states + " states, " + actions + " actions");
            }
            this.states = states;
            this.actions = actions;
            this.rows = Stream.<List<Transition>>generate(ArrayList::new)
                    .limit((long) states * actions)
                    .toList();
        }

        /** Where every episode begins; 0 by default. */
        public Builder start(int state) {
            this.start = requireState(state);
            return this;
        }

        /** Adds an outcome of the action. */
        public Builder transition(
                int state, int action, double probability, int nextState, double reward, boolean terminated) {
            if (action < 0 || action >= actions) {
                throw new IllegalArgumentException("an action must be in [0, " + actions + "): got " + action);
            }
            row(requireState(state), action)
                    .add(new Transition(probability, requireState(nextState), reward, terminated));
            return this;
        }

        /**
         * The model.
         *
         * @throws IllegalArgumentException if the probabilities of some state and action do not sum to 1, or a state has no
         *     action
         */
        public Mdp build() {
            return new Mdp(this);
        }

        private List<Transition> row(int state, int action) {
            return rows.get(state * actions + action);
        }

        private int requireState(int state) {
            if (state < 0 || state >= states) {
                throw new IllegalArgumentException("a state must be in [0, " + states + "): got " + state);
            }
            return state;
        }
    }
}
