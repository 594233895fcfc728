package io.streamq.job.learn;

import org.apache.flink.runtime.execution.Environment;
import org.apache.flink.runtime.executiongraph.ExecutionAttemptID;

/**
 * One attempt of one shard. The execution graph distinguishes what attempt numbers cannot: they begin at 0 again after a JobManager
 * failover, while tasks of the old graph may still be closing.
 */
record ShardId(String executionGraph, int subtask, int attempt) {
    static ShardId of(Environment environment) {
        ExecutionAttemptID attempt = environment.getExecutionId();
        return new ShardId(executionGraphOf(attempt), attempt.getSubtaskIndex(), attempt.getAttemptNumber());
    }

    /** Another shard of the same attempt of the same job. */
    ShardId sibling(int otherSubtask) {
        return new ShardId(executionGraph, otherSubtask, attempt);
    }

    /** Whether both are shards of one attempt of one job. */
    boolean isOfSameAttempt(ShardId other) {
        return attempt == other.attempt && executionGraph.equals(other.executionGraph);
    }

    /** Flink exposes the graph's id only in the text of an attempt's id: the part before the first underscore. */
    static String executionGraphOf(ExecutionAttemptID attempt) {
        String text = attempt.toString();
        return text.substring(0, text.indexOf('_'));
    }
}
