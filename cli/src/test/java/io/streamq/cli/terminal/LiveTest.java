package io.streamq.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private Terminal terminal(boolean interactive) {
        return new Terminal(new PrintWriter(out), new PrintWriter(err), interactive, interactive, 80);
    }

    @Test
    void panelIsRedrawnWhereItStands() {
        Live live = terminal(true).live();
        live.show(() -> List.of("one", "two"), () -> "plain");
        live.showLast(() -> List.of("three"));
        assertThat(out.toString())
                .isEqualTo("\u001b[?7lone\u001b[K\ntwo\u001b[K\n\u001b[?7h"
                        + "\u001b[?7l\r\u001b[2Athree\u001b[K\n\u001b[J\u001b[?7h");
    }

    /** Each frame of a panel that has scrolled would leave a copy of itself above. */
    @Test
    void aPanelIsCutToTheWindowAndItsLastFrameIsNot() {
        Live live = new Terminal(new PrintWriter(out), new PrintWriter(err), true, false, 80, 4).live();
        List<String> panel = List.of("one", "two", "three", "four", "five");
        live.show(() -> panel, () -> "plain");
        assertThat(out.toString().lines().toList())
                .hasSize(4)
                .containsSubsequence("\u001b[?7lone\u001b[K", "two\u001b[K", "  ... and 3 more lines\u001b[K");
        live.showLast(() -> panel);
        assertThat(out.toString())
                .endsWith("\r\u001b[3Aone\u001b[K\ntwo\u001b[K\nthree\u001b[K\nfour\u001b[K\nfive\u001b[K\n\u001b[?7h");
    }

    @Test
    void framesThatComeTooSoonAreNotEvenRendered() {
        Live live = terminal(true).live();
        live.show(() -> List.of("one"), () -> "plain");
        live.show(
                () -> {
                    throw new AssertionError("rendered");
                },
                () -> "plain");
        assertThat(out.toString()).contains("one");
    }

    @Test
    void withoutATerminalNothingIsRedrawnAndStandardOutputStaysClean() {
        Live live = terminal(false).live();
        live.show(() -> List.of("panel"), () -> "plain");
        live.showLast(() -> List.of("panel"));
        live.printAbove("event");
        live.erase();
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString()).isEqualTo("event\n");
    }

    @Test
    void barIsFilledToAnEighthOfACharacter() {
        assertThat(ProgressBar.of(0, 4)).isEqualTo("░░░░");
        assertThat(ProgressBar.of(0.5, 4)).isEqualTo("██░░");
        assertThat(ProgressBar.of(0.59375, 4)).isEqualTo("██▍░");
        assertThat(ProgressBar.of(1.5, 4)).isEqualTo("████");
        assertThat(ProgressBar.of(-1, 4)).isEqualTo("░░░░");
    }
}
