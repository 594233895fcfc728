package io.streamq.job.record;

import org.jspecify.annotations.Nullable;

/**
 * What a batch is told of a valid experience.
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
        SourceRecord source) {

    /** Adds it to a batch, as decoding does for the first hop. */
    public void addTo(TransitionBatch batch) {
        int nextStateBytes = nextState == null ? 0 : nextState.stateLength();
        batch.add(
                state,
                nextStateBytes,
                action,
                reward,
                discount,
                identityToTell(),
                nextAction,
                legalActions,
                Packs.at(source),
                null);
        if (nextState != null) {
            batch.addNextState(nextState);
        }
    }

    private long identityToTell() {
        if (identity == TransitionBatch.identityOf(source.partition(), source.offset())) {
            return TransitionBatch.NO_IDENTITY;
        }
        if (identity == TransitionBatch.NO_IDENTITY) {
            throw new IllegalArgumentException("the identity must not be " + identity + ", which stands for none");
        }
        return identity;
    }

    /** Adds it to a batch with its successor's value. */
    public void addTo(TransitionBatch batch, double nextValue, int nextGeneration) {
        batch.add(alone(), nextValue, nextGeneration);
    }

    /** A batch that stands at it, and has nothing else. */
    public TransitionBatch alone() {
        TransitionBatch alone = new TransitionBatch();
        addTo(alone);
        alone.next();
        return alone;
    }

    /** What stands in a batch. */
    public static Transition at(TransitionBatch batch) {
        return new Transition(
                batch.state(),
                batch.terminated() ? null : batch.nextState(),
                batch.action(),
                batch.reward(),
                batch.discount(),
                batch.identity(),
                batch.nextAction(),
                batch.legalActions(),
                batch.source());
    }
}
