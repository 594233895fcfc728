package io.streamq.cli.replay;

/**
 * A line that holds no experience.
 *
 * @param text the line as it stands in the file
 * @param reason what was expected and what was found
 */
public record BadLine(long lineNumber, String text, String reason) implements LogLine {}
