package io.streamq.cli.replay;

import io.streamq.cli.terminal.Terminal;

/**
 * A line that holds no experience.
 *
 * @param text the line as it stands in the file
 * @param reason what was expected and what was found
 */
public record BadLine(long lineNumber, String text, String reason) implements LogLine {
    private static final int CHARACTERS_SHOWN = 120;

    /** Where it is and what is wrong with it, for people; a long line is shown in part. */
    public String sentence() {
        String shown = text.length() <= CHARACTERS_SHOWN ? text : text.substring(0, CHARACTERS_SHOWN) + "…";
        return Terminal.printable("line " + lineNumber + ": " + reason + " (" + shown + ")");
    }
}
