package io.streamq.job.learn;

import io.streamq.job.metrics.StreamQMetrics;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/** LEARN's metrics of all policies together. */
final class LearnMetrics {
    private static final int TD_ERROR_WINDOW = 1024;
    /** Sampling costs as much as learning; a power of two. */
    private static final int TD_ERROR_SAMPLED_ONE_IN = 16;

    private static final double MICROS = 1e6;

    final Counter applied;
    final Counter suppressed;
    final Counter frozen;
    final Counter rowsForgotten;
    final Counter updatesSent;
    final Counter configurationsApplied;
    final Counter configurationsRefused;
    private final MetricGroup group;
    private final Histogram absoluteTdErrorMicros;

    LearnMetrics(MetricGroup operator) {
        group = operator.addGroup(StreamQMetrics.GROUP);
        applied = group.counter(StreamQMetrics.EXPERIENCES_APPLIED);
        suppressed = group.counter(StreamQMetrics.EXPERIENCES_SUPPRESSED);
        frozen = group.counter(StreamQMetrics.EXPERIENCES_FROZEN);
        rowsForgotten = group.counter(StreamQMetrics.ROWS_FORGOTTEN);
        updatesSent = group.counter(StreamQMetrics.POLICY_UPDATES_SENT);
        configurationsApplied = group.counter(StreamQMetrics.CONFIGURATIONS_APPLIED);
        configurationsRefused = group.counter(StreamQMetrics.CONFIGURATIONS_REFUSED);
        absoluteTdErrorMicros =
                group.histogram(StreamQMetrics.TD_ERROR_MICROS, new DescriptiveStatisticsHistogram(TD_ERROR_WINDOW));
    }

    void gauge(String name, Gauge<? extends Number> gauge) {
        group.gauge(name, gauge);
    }

    /** The metrics of one policy. */
    PolicyMetrics ofPolicy(String policyId) {
        return new PolicyMetrics(group.addGroup(StreamQMetrics.POLICY, policyId));
    }

    /** Counts an applied experience. */
    void applied(double absoluteTdError) {
        if ((applied.getCount() & (TD_ERROR_SAMPLED_ONE_IN - 1)) == 0) {
            absoluteTdErrorMicros.update((long) (MICROS * absoluteTdError));
        }
        applied.inc();
    }
}
