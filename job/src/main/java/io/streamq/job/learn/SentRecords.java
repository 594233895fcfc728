package io.streamq.job.learn;

import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;

/** Flink's counters of records sent, an operator's and its task's. Flink counts one per object, whatever is in it. */
final class SentRecords {
    private final Counter byOperator;
    private final Counter byTask;

    SentRecords(AbstractStreamOperator<?> operator) {
        byOperator = operator.getMetricGroup().getIOMetricGroup().getNumRecordsOutCounter();
        byTask = operator.getContainingTask()
                .getEnvironment()
                .getMetricGroup()
                .getIOMetricGroup()
                .getNumRecordsOutCounter();
    }

    /** Corrects the counters for an object that Flink counts as one record. */
    void countsAs(int records) {
        byOperator.inc(records - 1L);
        byTask.inc(records - 1L);
    }
}
