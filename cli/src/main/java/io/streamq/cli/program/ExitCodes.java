package io.streamq.cli.program;

/** What {@code streamq} returns to the shell, and how the help of every command lists it. */
public final class ExitCodes {
    public static final int DONE = 0;

    /** The command failed, or its check found faults. */
    public static final int FAILED = 1;

    /** The command was called wrongly and did nothing. */
    public static final int USAGE = 2;

    /** Stopped by Ctrl-C. */
    public static final int INTERRUPTED = 130;

    public static final String HEADING = "%nExit codes:%n";
    public static final String LIST_DONE = "0:done";
    public static final String LIST_FAILED = "1:failed while running; standard error says why";
    public static final String LIST_USAGE = "2:wrong usage, nothing was done";
    public static final String LIST_INTERRUPTED = "130:interrupted by Ctrl-C";

    private ExitCodes() {}
}
