package io.streamq.cli.program;

import org.jspecify.annotations.Nullable;

/**
 * An expected failure of a command: its message, one or two sentences on what happened and what to do, is all the user
 * sees. Exit code 1.
 */
public final class CommandFailure extends RuntimeException {
    public CommandFailure(String message) {
        this(message, null);
    }

    /** The cause shows with {@code --stacktrace} only. */
    public CommandFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
