package io.streamq.cli.demo;

import io.streamq.agent.PolicyView;
import io.streamq.agent.StatePolicy;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Terminal;
import io.streamq.simulation.Grid;
import io.streamq.simulation.Solution;
import io.streamq.simulation.World;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Draws the learnt policy beside the exact one, as arrows and values on the world's map. In a narrow terminal the maps are
 * put one below the other or without values; a world without a map gets a table of its first states.
 */
final class PolicyMap {
    private static final int CELL_WITH_VALUE = 9;
    private static final int CELL = 2;
    private static final String BETWEEN = "    ";
    private static final int ROWS_OF_TABLE = 16;

    private final World world;
    private final Solution solution;
    private final double tie;
    private final PolicyView policy;
    private final Terminal terminal;
    /** States in which an agent may ever have to act. */
    private final BitSet reachable;

    PolicyMap(World world, Solution solution, double tie, PolicyView policy, Terminal terminal) {
        this.world = world;
        this.solution = solution;
        this.tie = tie;
        this.policy = policy;
        this.terminal = terminal;
        this.reachable = solution.mdp().reachable();
    }

    List<String> lines() {
        Grid grid = world.grid();
        return grid == null ? table() : maps(grid);
    }

    private List<String> maps(Grid grid) {
        int room = terminal.columns() - 2;
        int withValues = grid.columns() * CELL_WITH_VALUE;
        int arrowsOnly = grid.columns() * CELL;
        if (withValues <= room) {
            return arranged(grid, CELL_WITH_VALUE, 2 * withValues + BETWEEN.length() <= room);
        }
        return arranged(grid, CELL, 2 * arrowsOnly + BETWEEN.length() <= room);
    }

    private List<String> arranged(Grid grid, int cell, boolean sideBySide) {
        List<String> learnt = rows(grid, cell, true);
        List<String> exact = rows(grid, cell, false);
        List<String> lines = new ArrayList<>();
        if (sideBySide) {
            lines.add("  " + title("learnt", grid.columns() * cell) + BETWEEN + title("exact", 0));
            for (int row = 0; row < learnt.size(); row++) {
                lines.add("  " + learnt.get(row) + BETWEEN + exact.get(row));
            }
        } else {
            lines.add("  " + title("learnt", 0));
            learnt.forEach(row -> lines.add("  " + row));
            lines.add("");
            lines.add("  " + title("exact", 0));
            exact.forEach(row -> lines.add("  " + row));
        }
        return lines;
    }

    private String title(String text, int width) {
        return terminal.styled(Style.QUIET, pad(text, width));
    }

    private List<String> rows(Grid grid, int cell, boolean learnt) {
        List<String> rows = new ArrayList<>();
        for (int row = 0; row < grid.rows(); row++) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < grid.columns(); column++) {
                int state = row * grid.columns() + column;
                line.append(learnt ? learntCell(grid, state, cell) : exactCell(grid, state, cell));
            }
            rows.add(line.toString());
        }
        return rows;
    }

    private String learntCell(Grid grid, int state, int cell) {
        StatePolicy found = policy.lookup(world.mdp().name(state));
        if (found == null) {
            return terminal.styled(Style.QUIET, pad(ground(grid, state), cell));
        }
        boolean optimal = solution.isOptimal(state, found.action(), tie);
        return terminal.styled(
                optimal ? Style.GOOD : Style.BAD, pad(cellText(grid, found.action(), found.value(), cell), cell));
    }

    private String exactCell(Grid grid, int state, int cell) {
        if (!reachable.get(state)) {
            return terminal.styled(Style.QUIET, pad(ground(grid, state), cell));
        }
        int action = solution.optimalActions(state, Solution.TIE).nextSetBit(0);
        return pad(cellText(grid, action, solution.v(state), cell), cell);
    }

    private static String cellText(Grid grid, int action, double value, int cell) {
        return cell == CELL ? "" + grid.arrow(action) : grid.arrow(action) + " " + number(value);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.3f" : "%.2f", value);
    }

    /** Where no agent acts: a hole, a cliff, the goal; a dot where none has been yet. */
    private static String ground(Grid grid, int state) {
        return switch (grid.cell(state)) {
            case 'H' -> "○";
            case 'C' -> "▒";
            case 'G' -> "★";
            default -> "·";
        };
    }

    private List<String> table() {
        List<String> lines = new ArrayList<>();
        lines.add(terminal.styled(Style.QUIET, "  state    learnt             exact"));
        int states = Math.min(world.mdp().states(), ROWS_OF_TABLE);
        for (int state = 0; state < states; state++) {
            StatePolicy found = policy.lookup(world.mdp().name(state));
            int exact = solution.optimalActions(state, Solution.TIE).nextSetBit(0);
            boolean optimal = found != null && solution.isOptimal(state, found.action(), tie);
            lines.add("  " + pad(world.mdp().name(state), 9)
                    + terminal.styled(optimal ? Style.GOOD : Style.BAD, pad(actionAndValue(found), 19))
                    + "action " + exact + "  " + number(solution.v(state)));
        }
        if (states < world.mdp().states()) {
            lines.add(terminal.styled(Style.QUIET, "  and " + (world.mdp().states() - states) + " more states"));
        }
        return lines;
    }

    private static String actionAndValue(@Nullable StatePolicy found) {
        return found == null ? "not visited" : "action " + found.action() + "  " + number(found.value());
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }
}
