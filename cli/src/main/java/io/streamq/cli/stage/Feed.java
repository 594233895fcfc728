package io.streamq.cli.stage;

/** A source of experience. */
public interface Feed extends AutoCloseable {
    /** Begins to publish. */
    void start();

    /** Experiences published so far. */
    long published();

    /** The most that it will publish. */
    long limit();

    /** Whether it has published all that it will. */
    boolean isExhausted();

    /** Whether it is learnt to its end even if the policy is optimal before. */
    boolean playsToItsEnd();

    /** Throws if anything but its end stopped it. */
    void requireHealthy();

    @Override
    void close();
}
