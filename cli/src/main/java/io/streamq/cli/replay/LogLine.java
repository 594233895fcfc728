package io.streamq.cli.replay;

/** What a line of a log turned out to be. */
public sealed interface LogLine permits LoggedExperience, BadLine {
    /** 1-based, in the uncompressed file. */
    long lineNumber();
}
