package io.streamq.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.streamq.cli.terminal.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SheetTest {
    private final Sheet sheet = new Sheet("learner", "experiences", "error");

    @Test
    void csvHasNumbersInFullAndQuotesWhatHoldsCommas() {
        sheet.add("a, \"b\"", 12_345L, 0.1234567);
        sheet.add("c", null, 2.0);
        assertThat(sheet.csv()).isEqualTo("learner,experiences,error\n\"a, \"\"b\"\"\",12345,0.1234567\nc,,2.0\n");
    }

    @Test
    void aTableRoundsAndPutsNumbersToTheRight() {
        sheet.add("a", 12_345L, 0.1234567);
        sheet.add("b", null, 4_567.8);
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        assertThat(sheet.table().lines(new Terminal(nowhere, nowhere, false, false, 80)))
                .containsExactly(
                        "learner  experiences   error", "a             12,345  0.1235", "b                      4,568");
    }

    @Test
    void aPageGetsTheSameTable() {
        sheet.add("a", 12_345L, 0.1234567);
        sheet.add("b", null, 4_567.8);
        assertThat(sheet.markdown()).isEqualTo("""
                | learner | experiences | error |
                | --- | ---: | ---: |
                | a | 12,345 | 0.1235 |
                | b |  | 4,568 |
                """);
    }

    @Test
    void programsGetARecordForEachRow() {
        sheet.add("a", 1L, 0.5);
        assertThat(sheet.records()).containsExactly(Map.of("learner", "a", "experiences", 1L, "error", 0.5));
    }

    @Test
    void aRowOfAnotherLengthIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> sheet.add("a", 1L));
    }
}
