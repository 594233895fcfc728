package io.streamq.job.learn;

import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.Transition;
import io.streamq.job.record.ValuedTransition;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** Attaches to a transition what it wants to know of its successor. Knows no policy: the view tells how its rows are read. */
final class SuccessorLookup {
    private final Counter unseenSuccessors;
    private final SuccessorView.Found found = new SuccessorView.Found();

    SuccessorLookup(MetricGroup group) {
        this.unseenSuccessors = group.addGroup(StreamQMetrics.GROUP).counter(StreamQMetrics.UNSEEN_SUCCESSORS);
    }

    /** @param view of the successor's shard */
    ValuedTransition valued(Transition transition, StateKey nextState, SuccessorView view) {
        if (view.read(nextState, RowLearner.coin(transition.identity()), transition.nextAction(), found)) {
            return ValuedTransition.of(transition, found.value(), found.generation());
        }
        unseenSuccessors.inc();
        return ValuedTransition.of(transition, ValuedTransition.UNSEEN, 0);
    }
}
