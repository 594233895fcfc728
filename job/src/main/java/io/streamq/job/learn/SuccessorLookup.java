package io.streamq.job.learn;

import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.record.KeyCursor;
import io.streamq.job.record.KeyWords;
import io.streamq.job.record.TransitionBatch;
import java.util.Arrays;
import java.util.Objects;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;

/**
 * Reads the values of transitions' successors. Knows no policy: the view says how its rows are read. Successors are looked up in groups:
 * first all are {@link #prefetch loaded}, so that their cache misses overlap.
 */
final class SuccessorLookup {
    private final Counter unseenSuccessors;
    private final SuccessorView.Found found = new SuccessorView.Found();
    private final KeyCursor[] nextStates = KeyCursor.several(SuccessorView.TOGETHER);
    /** Of their shards; {@code null} where a transition has no successor. */
    private final @Nullable SuccessorView[] views = new SuccessorView[SuccessorView.TOGETHER];

    /** Where they are, or likely are. */
    private final int[] slots = new int[SuccessorView.TOGETHER];

    /** Whether their numbers are not where their keys are. */
    private final boolean[] apart = new boolean[SuccessorView.TOGETHER];

    private int count;
    /** Keeps the compiler from eliminating the loads. */
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

    /** Adds a transition without one. */
    void addNone() {
        views[count] = null;
        count++;
    }

    /**
     * Adds the successors of the next transitions of a batch, when none is added yet.
     *
     * @param view of the shard of all
     * @return how many there were, or fit
     */
    int addAhead(TransitionBatch batch, SuccessorView view) {
        count = batch.nextStatesAhead(nextStates);
        Arrays.fill(views, 0, count, view);
        return count;
    }

    /** Whether the group is complete. */
    boolean isFull() {
        return count == nextStates.length;
    }

    /** How many are added; also the number of the next. */
    int count() {
        return count;
    }

    /** Loads what will be read of those added. Only those that are not in the table are looked up for that. */
    void prefetch() {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            SuccessorView view = views[i];
            if (view != null) {
                long likely = view.prefetchKey(nextStates[i]);
                slots[i] = (int) likely;
                sum += likely;
            }
        }
        double numbers = 0;
        for (int i = 0; i < count; i++) {
            SuccessorView view = views[i];
            boolean isApart = view != null && (view.hasNumbersApart() || !nextStates[i].isInline());
            apart[i] = isApart;
            slots[i] = isApart ? view.find(nextStates[i], slots[i]) : slots[i];
        }
        for (int i = 0; i < count; i++) {
            if (apart[i]) {
                numbers += Objects.requireNonNull(views[i]).prefetchNumber(slots[i]);
            }
        }
        loaded = sum + numbers;
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

    /** The generation of the last value. */
    int generation() {
        return found.generation();
    }

    /** For the next group. */
    void clear() {
        count = 0;
    }
}
