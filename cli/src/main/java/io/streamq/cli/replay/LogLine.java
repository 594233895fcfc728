package io.streamq.cli.replay;

/** A parsed line of a log. */
public sealed interface LogLine permits LoggedExperience, BadLine {
    /** 1-based, in the uncompressed file. */
    long lineNumber();
}
