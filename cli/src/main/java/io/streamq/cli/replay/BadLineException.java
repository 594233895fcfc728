package io.streamq.cli.replay;

/** A line cannot be read; without a stack trace, as there may be one for each line of a large file. */
final class BadLineException extends Exception {
    BadLineException(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
