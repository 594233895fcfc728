package io.streamq.simulation;

import java.util.List;

/**
 * How to draw a world whose states are the cells of a grid, row by row.
 *
 * @param cells one letter per cell, one string per row: {@code S} start, {@code F} floor, {@code H} hole, {@code C} cliff,
 *     {@code G} goal
 * @param moves the step that each action takes, by action
 */
public record Grid(List<String> cells, List<Move> moves) {
    /** A step to a neighbouring cell. */
    public enum Move {
        LEFT(0, -1, '←'),
        DOWN(1, 0, '↓'),
        RIGHT(0, 1, '→'),
        UP(-1, 0, '↑');

        private final int rows;
        private final int columns;
        private final char arrow;

        Move(int rows, int columns, char arrow) {
            this.rows = rows;
            this.columns = columns;
            this.arrow = arrow;
        }

        public char arrow() {
            return arrow;
        }
    }

    public Grid {
        cells = List.copyOf(cells);
        moves = List.copyOf(moves);
        if (cells.isEmpty()
                || cells.stream().mapToInt(String::length).distinct().count() != 1) {
            throw new IllegalArgumentException("the rows of a grid must be equally long: got " + cells);
        }
    }

    public int rows() {
        return cells.size();
    }

    public int columns() {
        return cells.get(0).length();
    }

    /** The letter of a state's cell. */
    public char cell(int state) {
        return cells.get(state / columns()).charAt(state % columns());
    }

    /** The first state, row by row, with that letter. */
    public int find(char letter) {
        return String.join("", cells).indexOf(letter);
    }

    /** An arrow in the direction of an action. */
    public char arrow(int action) {
        return moves.get(action).arrow();
    }

    /** Where an action leads from a state; a step over the edge stays in its cell. */
    int neighbour(int state, int action) {
        Move move = moves.get(action);
        int row = clamp(state / columns() + move.rows, rows());
        int column = clamp(state % columns() + move.columns, columns());
        return row * columns() + column;
    }

    private static int clamp(int index, int length) {
        return Math.max(0, Math.min(index, length - 1));
    }
}
