package io.streamq.simulation;

import io.streamq.simulation.Grid.Move;
import java.util.List;
import java.util.stream.IntStream;

/** An empty grid of any size, from the top left to the bottom right: every step costs 1 and goes where intended. */
public final class GridWorld {
    private static final List<Move> MOVES = List.of(Move.LEFT, Move.DOWN, Move.RIGHT, Move.UP);

    private GridWorld() {}

    /** A grid of at least two cells; episodes last at most ten times the number of cells, discount 0.99. */
    public static World of(int rows, int columns) {
        int states = Math.multiplyExact(rows, columns);
        if (rows < 1 || columns < 1 || states < 2) {
            throw new IllegalArgumentException(
                    "a grid world must have two cells or more: got " + rows + " rows, " + columns + " columns");
        }
        Grid grid = new Grid(cells(rows, columns), MOVES);
        int goal = states - 1;
        Mdp.Builder mdp = Mdp.builder(states, MOVES.size());
        for (int state = 0; state < states; state++) {
            for (int action = 0; action < MOVES.size(); action++) {
                if (state == goal) {
                    mdp.transition(goal, action, 1, goal, 0, true);
                } else {
                    int next = grid.neighbour(state, action);
                    mdp.transition(state, action, 1, next, -1, next == goal);
                }
            }
        }
        return new World("grid-" + rows + "x" + columns, mdp.build(), grid, Math.multiplyExact(10, states), 0.99);
    }

    private static List<String> cells(int rows, int columns) {
        String floor = "F".repeat(rows * columns - 2);
        String all = "S" + floor + "G";
        return IntStream.range(0, rows)
                .mapToObj(row -> all.substring(row * columns, (row + 1) * columns))
                .toList();
    }
}
