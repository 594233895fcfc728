package io.streamq.cli.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.agent.StatePolicy;
import io.streamq.cli.terminal.Terminal;
import io.streamq.schemas.PolicyUpdate;
import io.streamq.schemas.UpdateReason;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TablePrinterTest {
    private static final StatePolicy STATE = StatePolicy.of(PolicyUpdate.newBuilder()
            .setPolicyId("lake")
            .setState("s")
            .setAction(1)
            .setValue(0.5)
            .setQValues(List.of(0.0, 0.5))
            .setVisits(List.of(1L, 1L))
            .setUpdates(2)
            .setVersion(1)
            .setEpoch(1_767_225_600_000L)
            .setReason(UpdateReason.GREEDY_ACTION_CHANGED)
            .setUpdatedAt(Instant.EPOCH)
            .build());

    private static List<String> printed(boolean interactive, int columns, boolean namesPolicy) {
        StringWriter out = new StringWriter();
        Terminal terminal =
                new Terminal(new PrintWriter(out), new PrintWriter(new StringWriter()), interactive, false, columns);
        TablePrinter printer = new TablePrinter(terminal, namesPolicy);
        printer.print(List.of(STATE));
        printer.printUpdated(STATE);
        printer.printForgotten(STATE);
        return out.toString()
                .lines()
                .filter(line -> !line.contains("; values and"))
                .toList();
    }

    @Test
    void noRowBreaksOnATerminalOfEightyColumns() {
        assertThat(printed(true, 80, false)).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(printed(true, 80, false).get(0)).matches("state +action +value +updates +epoch +reason");
        assertThat(printed(true, 80, true)).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(printed(true, 80, true).get(0)).matches("policy +state +action +value +updates +reason");
    }

    @Test
    void aWideTerminalAndAPipeHaveAllColumns() {
        String all = "state +action +value +updates +version +epoch +reason +updated";
        assertThat(printed(true, 120, false).get(0)).matches(all);
        assertThat(printed(false, 80, false).get(0)).matches(all);
    }
}
