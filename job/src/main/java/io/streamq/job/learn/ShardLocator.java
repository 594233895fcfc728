package io.streamq.job.learn;

import java.io.Serializable;
import org.apache.flink.runtime.execution.Environment;

/** Tells an operator its shard. A test harness gives each operator an execution graph of its own and so needs another. */
interface ShardLocator extends Serializable {
    ShardLocator BY_EXECUTION = ShardId::of;

    ShardId locate(Environment environment);
}
