package io.streamq.job.learn;

import io.streamq.job.metrics.StreamQMetrics;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** LEARN's metrics of one policy, so that one that floods or misbehaves shows. */
final class PolicyMetrics {
    final Counter applied;
    final Counter suppressed;
    final Counter frozen;
    final Counter rejected;
    final Counter rowsForgotten;
    final Counter updatesSent;
    private final MetricGroup group;

    PolicyMetrics(MetricGroup group) {
        this.group = group;
        applied = group.counter(StreamQMetrics.EXPERIENCES_APPLIED);
        suppressed = group.counter(StreamQMetrics.EXPERIENCES_SUPPRESSED);
        frozen = group.counter(StreamQMetrics.EXPERIENCES_FROZEN);
        rejected = group.counter(StreamQMetrics.POLICY_REJECTED);
        rowsForgotten = group.counter(StreamQMetrics.ROWS_FORGOTTEN);
        updatesSent = group.counter(StreamQMetrics.POLICY_UPDATES_SENT);
    }

    void rows(Gauge<Long> rows) {
        group.gauge(StreamQMetrics.ROWS, rows);
    }
}
