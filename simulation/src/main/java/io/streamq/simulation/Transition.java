package io.streamq.simulation;

/**
 * One way an action may turn out.
 *
 * @param probability in (0, 1]
 * @param terminated whether the task ends with it; then the value of {@code nextState} does not count
 */
public record Transition(double probability, int nextState, double reward, boolean terminated) {}
