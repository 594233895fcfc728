package io.streamq.cli.program;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C into an interrupt of the thread that runs a command, and holds the end of the JVM until that thread has closed
 * what it opened: one orderly way out, whoever asks for it. Open it before everything else.
 */
public final class Interruption implements AutoCloseable {
    /** How long what was opened may take to close, so that there is time to tell what was done. */
    public static final Duration TIME_TO_CLOSE = Duration.ofSeconds(3);

    /** Whoever presses Ctrl-C shall have the prompt back within five seconds. */
    private static final int PATIENCE_MILLIS = 4_500;

    private final Thread command = Thread.currentThread();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread atExit = new Thread(this::interruptAndWait, "streamq-interruption");

    private Interruption() {
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** From now on Ctrl-C interrupts the calling thread. */
    public static Interruption ofThisThread() {
        return new Interruption();
    }

    private void interruptAndWait() {
        command.interrupt();
        try {
            boolean inTime = closed.await(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            if (!inTime) {
                // Whatever hangs, hangs in a process that ends now.
                Runtime.getRuntime().halt(ExitCodes.INTERRUPTED);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException theJvmEndsAlready) {
            return;
        }
    }
}
