package io.streamq.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class TableTest {
    private static final Terminal PLAIN =
            new Terminal(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()), false, false, 80);

    @Test
    void columnsAreAsWideAsTheirWidestCellAndNumbersStandToTheRight() {
        Table table = new Table().text("state").number("value").text("reason");
        table.row("a", "1.5", "first").row("long-state", "-12.25", null);
        assertThat(table.lines(PLAIN))
                .containsExactly("state        value  reason", "a              1.5  first", "long-state  -12.25");
    }

    @Test
    void laterLinesStandUnderTheSameColumns() {
        Table table = new Table().text("state").number("value").row("room-10", 3);
        assertThat(table.line("x", 12)).isEqualTo("x           12");
    }

    @Test
    void aRowThatComesLaterHasRoomAndIsNotKept() {
        Table table = new Table().text("state").number("value").widenFor("long-state", "1");
        assertThat(table.lines(PLAIN)).containsExactly("state       value").containsExactly(table.header(PLAIN));
        assertThat(table.line("long-state", "1")).isEqualTo("long-state      1");
    }

    @Test
    void charactersOutsideTheBasicPlaneCountOnce() {
        Table table = new Table().text("state").text("x").row("🂡🂢", "1");
        assertThat(table.line("ab", "2")).isEqualTo("ab     2");
    }

    @Test
    void controlCharactersOfACellDoNotReachTheTerminal() {
        assertThat(new Table().text("state").line("a\u001b[2Jb")).isEqualTo("a\uFFFD[2Jb");
    }

    @Test
    void aTableTooWideLeavesOutWhatMayGoInOrderAndNoMore() {
        Table table = new Table().text("state").number("value").number("epoch").text("at");
        table.row("a", 1, 2, "noon");
        assertThat(table.narrowTo(25, "at", "epoch").lines(PLAIN)).first().isEqualTo("state  value  epoch  at");
        assertThat(table.narrowTo(20, "at", "epoch").lines(PLAIN))
                .containsExactly("state  value  epoch", "a          1      2");
        assertThat(table.narrowTo(1, "at", "epoch").line("b", 3, 4, "night")).isEqualTo("b          3");
    }

    @Test
    void rowOfWrongLengthIsRefused() {
        assertThatThrownBy(() -> new Table().text("state").row("a", "b")).hasMessageContaining("got 2 cells");
    }
}
