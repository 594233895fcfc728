package io.streamq.cli.replay;

/** A line cannot be parsed; without a stack trace, as a large file may throw one per line. */
final class BadLineException extends Exception {
    BadLineException(String reason) {
        super(reason, null, false, false);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
