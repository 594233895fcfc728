package io.streamq.simulation;

import io.streamq.simulation.Grid.Move;
import java.util.List;

/**
 * Gymnasium's {@code CliffWalking-v1}: each step costs 1; a step into the cliff costs 100 and leads back to the start without
 * ending the episode; the goal ends it. As in Gymnasium, the model also has rows for the goal and the cliff, where no agent
 * ever acts.
 */
public final class CliffWalking {
    private static final Grid GRID = new Grid(
            List.of("FFFFFFFFFFFF", "FFFFFFFFFFFF", "FFFFFFFFFFFF", "SCCCCCCCCCCG"),
            List.of(Move.UP, Move.RIGHT, Move.DOWN, Move.LEFT));

    /** Gymnasium never truncates: a random walk takes some 5,000 steps. A hundred times the shortest path is plenty. */
    private static final int MAXIMUM_STEPS = 1300;

    private CliffWalking() {}

    /** The world; discount 0.99. */
    public static World world() {
        int states = GRID.rows() * GRID.columns();
        int start = GRID.find('S');
        Mdp.Builder mdp = Mdp.builder(states, GRID.moves().size()).start(start);
        for (int state = 0; state < states; state++) {
            for (int action = 0; action < GRID.moves().size(); action++) {
                int next = GRID.neighbour(state, action);
                switch (GRID.cell(next)) {
                    case 'C' -> mdp.transition(state, action, 1, start, -100, false);
                    case 'G' -> mdp.transition(state, action, 1, next, -1, true);
                    default -> mdp.transition(state, action, 1, next, -1, false);
                }
            }
        }
        return new World("cliff-walking", mdp.build(), GRID, MAXIMUM_STEPS, 0.99);
    }
}
