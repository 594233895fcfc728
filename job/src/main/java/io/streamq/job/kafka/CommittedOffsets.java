package io.streamq.job.kafka;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * Where the consumer group stopped, or the beginning if it never was there; resolved when a job first sees a partition. Flink's own
 * initializer leaves it to the reader: a snapshot of a partition without a record then says only "where the group stopped", which is
 * another place by the time it is restored.
 */
final class CommittedOffsets implements OffsetsInitializer {
    @Override
    public Map<TopicPartition, Long> getPartitionOffsets(
            Collection<TopicPartition> partitions, PartitionOffsetsRetriever retriever) {
        Map<TopicPartition, Long> offsets = new HashMap<>(retriever.beginningOffsets(partitions));
        offsets.putAll(retriever.committedOffsets(partitions));
        return offsets;
    }

    /** For Flink's own reader, which is not used here. */
    @Override
    @SuppressWarnings("deprecation") // the connector still asks for the client's old enum
    public OffsetResetStrategy getAutoOffsetResetStrategy() {
        return OffsetResetStrategy.NONE;
    }
}
