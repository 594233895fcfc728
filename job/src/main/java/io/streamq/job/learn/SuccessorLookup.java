package io.streamq.job.learn;

import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.record.KeyCursor;
import io.streamq.job.record.KeyWords;
import io.streamq.job.record.TransitionBatch;
import java.util.Arrays;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;

/**
 * Reads what transitions want to know of their successors. Knows no policy: the view tells how its rows are read. Some are looked up
 * together: first all are {@link #prefetch loaded}, so that the processor waits for many places in memory at a time instead of for one
 * after the other.
 */
final class SuccessorLookup {
    private final Counter unseenSuccessors;
    private final SuccessorView.Found found = new SuccessorView.Found();
    private final KeyCursor[] nextStates = KeyCursor.several(SuccessorView.TOGETHER);
    /** Of their shards; {@code null} where a transition has no successor. */
    private final @Nullable SuccessorView[] views = new SuccessorView[SuccessorView.TOGETHER];

    private final int[] slots = new int[SuccessorView.TOGETHER];
    private int count;
    /** Kept only so that no compiler finds loading pointless. */
    @SuppressWarnings("unused")
    private double loaded;

    SuccessorLookup(MetricGroup group) {
        this.unseenSuccessors = group.addGroup(StreamQMetrics.GROUP).counter(StreamQMetrics.UNSEEN_SUCCESSORS);
    }

    /** Adds a successor, with the view of its shard. */
    void add(KeyWords nextState, SuccessorView view) {
        nextStates[count].fill(nextState);
        views[count] = view;
        count++;
    }

    /** Adds that a transition has none. */
    void addNone() {
        views[count] = null;
        count++;
    }

    /**
     * Adds the successors of the transitions that come next in a batch, where none is added yet.
     *
     * @param view of the shard of all
     * @return how many there are, or fit
     */
    int addAhead(TransitionBatch batch, SuccessorView view) {
        count = batch.nextStatesAhead(nextStates);
        Arrays.fill(views, 0, count, view);
        return count;
    }

    /** Whether as many are added as are looked up together. */
    boolean isFull() {
        return count == nextStates.length;
    }

    /** How many are added; the next one gets this number. */
    int count() {
        return count;
    }

    /** Loads what will be read of those that are added. */
    void prefetch() {
        double sum = 0;
        for (int i = 0; i < count; i++) {
            SuccessorView view = views[i];
            if (view != null) {
                sum += view.prefetchKey(nextStates[i]);
            }
        }
        for (int i = 0; i < count; i++) {
            SuccessorView view = views[i];
            slots[i] = view == null ? -1 : view.find(nextStates[i]);
        }
        for (int i = 0; i < count; i++) {
            SuccessorView view = views[i];
            if (view != null) {
                sum += view.prefetchNumber(slots[i]);
            }
        }
        loaded = sum;
    }

    /**
     * Reads the value of a successor.
     *
     * @param i its number
     * @param identity of the experience, whose coin it tosses
     * @return 0 if there is no successor, {@link TransitionBatch#UNSEEN} if nobody acted there
     */
    double valueOf(int i, long identity, int nextAction) {
        SuccessorView view = views[i];
        if (view == null) {
            found.nothing(0);
        } else if (!view.read(nextStates[i], slots[i], RowLearner.coin(identity), nextAction, found)) {
            unseenSuccessors.inc();
            found.nothing(TransitionBatch.UNSEEN);
        }
        return found.value();
    }

    /** The generation that the last value was of. */
    int generation() {
        return found.generation();
    }

    /** Begins anew. */
    void clear() {
        count = 0;
    }
}
