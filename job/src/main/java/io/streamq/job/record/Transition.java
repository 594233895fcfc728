package io.streamq.job.record;

import org.jspecify.annotations.Nullable;

/**
 * A valid experience.
 *
 * @param state where it happened
 * @param nextState where it led; {@code null} when terminated, as nothing is bootstrapped then
 * @param discount the experience's own; NaN for the policy's
 * @param identity hash of what identifies the experience, alike for every copy of it; its place on the topic if it tells nothing
 * @param nextAction the action taken in nextState as sent, or -1; not yet known to be an action
 * @param legalActions legal actions of state as in {@link io.streamq.learning.ActionSet}; {@code null} when not told
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record Transition(
        StateKey state,
        @Nullable StateKey nextState,
        int action,
        double reward,
        double discount,
        long identity,
        int nextAction,
        long @Nullable [] legalActions,
        SourceRecord source) {}
