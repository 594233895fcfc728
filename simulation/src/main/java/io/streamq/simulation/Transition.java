package io.streamq.simulation;

/**
 * One outcome of an action.
 *
 * @param probability in (0, 1]
 * @param terminated whether it ends the task; then the value of {@code nextState} does not count
 */
public record Transition(double probability, int nextState, double reward, boolean terminated) {}
