package io.streamq.simulation;

import io.streamq.simulation.Grid.Move;
import java.util.List;

/**
 * Gymnasium's {@code FrozenLake-v1}, slippery: a step goes in the intended direction or to either side of it, each
 * with probability 1/3. Reaching the goal pays 1; holes end the episode too and pay nothing.
 */
public final class FrozenLake {
    private static final List<Move> MOVES = List.of(Move.LEFT, Move.DOWN, Move.RIGHT, Move.UP);

    private FrozenLake() {}

    /** The 4x4 map; episodes of at most 100 steps, discount 0.95. */
    public static World slippery4x4() {
        return slippery("frozen-lake-4x4", 100, 0.95, "SFFF", "FHFH", "FFFH", "HFFG");
    }

    /** The 8x8 map; at most 200 steps, and a discount of 0.99 since the goal is 14 steps away. */
    public static World slippery8x8() {
        return slippery(
                "frozen-lake-8x8",
                200,
                0.99,
                "SFFFFFFF",
                "FFFFFFFF",
                "FFFHFFFF",
                "FFFFFHFF",
                "FFFHFFFF",
                "FHHFFFHF",
                "FHFFHFHF",
                "FFFHFFFG");
    }

    private static World slippery(String name, int maximumSteps, double discount, String... cells) {
        Grid grid = new Grid(List.of(cells), MOVES);
        int actions = MOVES.size();
        Mdp.Builder mdp = Mdp.builder(grid.rows() * grid.columns(), actions).start(grid.find('S'));
        for (int state = 0; state < grid.rows() * grid.columns(); state++) {
            for (int action = 0; action < actions; action++) {
                if (isEnd(grid.cell(state))) {
                    mdp.transition(state, action, 1, state, 0, true);
                    continue;
                }
                for (int turn = -1; turn <= 1; turn++) {
                    int next = grid.neighbour(state, Math.floorMod(action + turn, actions));
                    char cell = grid.cell(next);
                    mdp.transition(state, action, 1 / 3.0, next, cell == 'G' ? 1 : 0, isEnd(cell));
                }
            }
        }
        return new World(name, mdp.build(), grid, maximumSteps, discount);
    }

    private static boolean isEnd(char cell) {
        return cell == 'H' || cell == 'G';
    }
}
