package io.streamq.simulation;

/**
 * A finished episode.
 *
 * @param number counts the agent's episodes from 0
 * @param totalReward the sum of its rewards, not discounted
 * @param truncated whether it was cut off at the world's maximum length
 */
public record Episode(String agentId, long number, int steps, double totalReward, boolean truncated) {}
