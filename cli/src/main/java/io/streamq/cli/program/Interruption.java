package io.streamq.cli.program;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Turns Ctrl-C into an interrupt of the command's thread, and delays JVM exit until that thread has closed its resources: one
 * orderly way out for every caller. Open it first.
 */
public final class Interruption implements AutoCloseable {
    /** How long resources may take to close, so that there is time to report the outcome. */
    public static final Duration TIME_TO_CLOSE = Duration.ofSeconds(3);

    /** After Ctrl-C the prompt must be back within five seconds. */
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
                // Something hangs: end the process regardless.
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
