package io.streamq.job.record;

import org.jspecify.annotations.Nullable;

/**
 * A transition with its successor's value attached, on its way to the shard of its state.
 *
 * @param terminated whether the target is the reward alone
 * @param nextValue the successor's bootstrap value; 0 when terminated
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record ValuedTransition(
        StateKey state,
        int action,
        double reward,
        double discount,
        boolean terminated,
        double nextValue,
        int coin,
        long @Nullable [] legalActions,
        SourceRecord source) {
    /** Attaches the value of the successor. */
    public static ValuedTransition of(Transition transition, double nextValue) {
        return new ValuedTransition(
                transition.state(),
                transition.action(),
                transition.reward(),
                transition.discount(),
                transition.nextState() == null,
                nextValue,
                transition.coin(),
                transition.legalActions(),
                transition.source());
    }
}
