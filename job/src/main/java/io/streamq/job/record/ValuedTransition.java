package io.streamq.job.record;

import org.jspecify.annotations.Nullable;

/**
 * A transition with its successor's value attached, on its way to the shard of its state.
 *
 * @param nextStateBytes length of the successor's name; 0 when terminated: the target is the reward alone
 * @param nextValue the successor's bootstrap value; {@link #UNSEEN} if it has no row
 * @param nextGeneration generation of the row that it was read from, as in {@code SuccessorView}
 * @param nextAction as in {@link Transition}
 * @param identity as in {@link Transition}
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record ValuedTransition(
        StateKey state,
        int action,
        double reward,
        double discount,
        int nextStateBytes,
        double nextValue,
        int nextGeneration,
        int nextAction,
        long identity,
        long @Nullable [] legalActions,
        SourceRecord source) {
    /** The bootstrap value of a successor that nobody acted in: LEARN puts the policy's initial value in its place. */
    public static final double UNSEEN = Double.NaN;

    /** Attaches the value of the successor. */
    public static ValuedTransition of(Transition transition, double nextValue, int nextGeneration) {
        StateKey nextState = transition.nextState();
        return new ValuedTransition(
                transition.state(),
                transition.action(),
                transition.reward(),
                transition.discount(),
                nextState == null ? 0 : nextState.stateLength(),
                nextValue,
                nextGeneration,
                transition.nextAction(),
                transition.identity(),
                transition.legalActions(),
                transition.source());
    }

    /** Of a transition that has no successor to bootstrap from. */
    public static ValuedTransition ofTerminal(Transition transition) {
        return of(transition, 0, 0);
    }

    public boolean terminated() {
        return nextStateBytes == 0;
    }
}
