package io.streamq.cli.replay;

import io.streamq.schemas.Experience;

/** A line that holds an experience. */
public record LoggedExperience(long lineNumber, Experience experience) implements LogLine {}
