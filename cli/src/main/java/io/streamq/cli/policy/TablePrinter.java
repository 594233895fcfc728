package io.streamq.cli.policy;

import io.streamq.agent.StatePolicy;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Table;
import io.streamq.cli.terminal.Terminal;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A policy for people: a table, under which changes are added. Diagnostic columns are left out where they would wrap every row of a
 * terminal.
 */
final class TablePrinter implements PolicyPrinter {
    private final Terminal terminal;
    private final boolean namesPolicy;
    private final Table table = new Table();

    /** With a column for the policy unless all states are of one. */
    TablePrinter(Terminal terminal, boolean namesPolicy) {
        this.terminal = terminal;
        this.namesPolicy = namesPolicy;
        if (namesPolicy) {
            table.text("policy");
        }
        table.text("state").atLeast(8);
        table.number("action");
        table.number("value").atLeast("-12.3456".length());
        table.number("updates").atLeast("12,345,678".length());
        table.number("version");
        table.number("epoch").atLeast("1767225600000".length());
        table.text("reason").atLeast("greedy action changed".length());
        table.text("updated");
    }

    @Override
    public void print(List<StatePolicy> states) {
        states.forEach(state -> table.widenFor(cells(state)));
        if (terminal.isInteractive()) {
            table.narrowTo(terminal.columns(), "updated", "version", "epoch");
        }
        terminal.out().println(table.header(terminal));
        states.forEach(state -> terminal.out().println(table.line(cells(state))));
        terminal.print("");
        terminal.print(terminal.styled(
                Style.QUIET,
                Quantities.count(states.size(), "state")
                        + "; values and updates are those of each state's last announcement"));
    }

    @Override
    public void printUpdated(StatePolicy state) {
        terminal.print(table.line(cells(state)));
    }

    @Override
    public void printForgotten(StatePolicy last) {
        terminal.print(
                terminal.styled(Style.QUIET, table.line(cells(last, null, null, null, null, null, "forgotten", null))));
    }

    private @Nullable Object[] cells(StatePolicy state) {
        return cells(
                state,
                state.action(),
                Quantities.value(state.value()),
                Quantities.count(state.updates()),
                state.version(),
                state.epoch(),
                state.reason().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                state.updatedAt().truncatedTo(ChronoUnit.SECONDS));
    }

    private @Nullable Object[] cells(StatePolicy state, @Nullable Object... rest) {
        int names = namesPolicy ? 2 : 1;
        @Nullable Object[] cells = new @Nullable Object[names + rest.length];
        cells[0] = state.policyId();
        cells[names - 1] = state.state();
        System.arraycopy(rest, 0, cells, names, rest.length);
        return cells;
    }
}
