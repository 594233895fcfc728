package io.streamq.cli.stage;

/** Where experience comes from. */
public interface Feed extends AutoCloseable {
    /** Begins to publish. */
    void start();

    /** Experiences published so far. */
    long published();

    /** The most that it will publish. */
    long limit();

    /** Whether all is published that it will publish. */
    boolean isExhausted();

    /** Whether it is to be learnt whole, even when what was learnt is optimal before its end. */
    boolean playsToItsEnd();

    /** Throws what stopped it, if anything but its end did. */
    void requireHealthy();

    @Override
    void close();
}
