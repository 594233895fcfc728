package io.streamq.agent;

/**
 * Is told of every change of a {@link PolicyView}, in order of arrival and on the view's own thread: it must be quick, must
 * not close the view, and an exception it throws fails the view.
 */
@FunctionalInterface
public interface PolicyListener {
    /** A state's policy is new, or newer than before. */
    void updated(StatePolicy policy);

    /** A state was forgotten; {@code last} is what was known of it. */
    default void removed(StatePolicy last) {}
}
