package io.streamq.job.learn;

import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.options.JobOptions.PolicyDefaults;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.Transition;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/** Reads what a transition wants to know of its successor from the view of the successor's shard. */
final class SuccessorLookup {
    private final PolicyDefaults policy;
    private final Counter unseenSuccessors;

    SuccessorLookup(PolicyDefaults policy, MetricGroup group) {
        this.policy = policy;
        this.unseenSuccessors = group.addGroup(StreamQMetrics.GROUP).counter(StreamQMetrics.UNSEEN_SUCCESSORS);
    }

    /** The bootstrap value of the successor; the initial value if nobody acted there. */
    double valueOf(StateKey nextState, Transition transition, SuccessorView view) {
        long address = view.addressOf(nextState);
        if (address == SuccessorView.ABSENT) {
            unseenSuccessors.inc();
            return policy.initialQ();
        }
        return view.read(address, policy.algorithm().bootstrapIndex(transition.coin(), transition.nextAction()));
    }
}
