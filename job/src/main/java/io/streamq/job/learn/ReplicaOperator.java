package io.streamq.job.learn;

import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.record.ViewChanges;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * REPLICA: keeps replicas of other shards' views in this JVM's memory, for DECODE to read. Each subtask receives from all shards; in a JVM,
 * the first one keeps the replica of a shard, and none that of a shard that lives here. Has no state and sends nothing.
 */
public final class ReplicaOperator extends AbstractStreamOperator<Void>
        implements OneInputStreamOperator<ViewChanges, Void> {
    private final ShardLocator locator;

    private transient ShardId own;
    /** By shard number; empty: kept by another, or the shard lives here. Also read by a gauge. */
    private transient Map<Integer, Optional<Replica>> replicas;

    public ReplicaOperator() {
        this(ShardLocator.BY_EXECUTION);
    }

    ReplicaOperator(ShardLocator locator) {
        this.locator = locator;
    }

    @Override
    public void open() throws Exception {
        super.open();
        own = locator.locate(getContainingTask().getEnvironment());
        replicas = new ConcurrentHashMap<>();
        getMetricGroup().addGroup(StreamQMetrics.GROUP).gauge(StreamQMetrics.REPLICATED_ROWS, (Gauge<Integer>)
                this::rows);
    }

    @Override
    public void processElement(StreamRecord<ViewChanges> element) {
        ViewChanges changes = element.getValue();
        replicas.computeIfAbsent(changes.shard(), shard -> find(changes)).ifPresent(replica -> replica.apply(changes));
    }

    private Optional<Replica> find(ViewChanges changes) {
        ShardId shard = own.sibling(changes.shard());
        int maxParallelism = getRuntimeContext().getTaskInfo().getMaxNumberOfParallelSubtasks();
        return Shard.isHere(shard)
                ? Optional.empty()
                : Optional.ofNullable(Replica.of(
                        shard,
                        this,
                        KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                                maxParallelism, changes.shards(), changes.shard())));
    }

    private int rows() {
        return replicas.values().stream()
                .flatMap(Optional::stream)
                .mapToInt(Replica::rows)
                .sum();
    }

    @Override
    public void close() throws Exception {
        Replica.removeAllOf(this);
        super.close();
    }
}
