package io.streamq.job.kafka;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where to go on on partitions that have no longer what is to be read next. What retention took is gone, and what is left is read. But where
 * a log ends before that, its broker has lost what was learnt already: from the beginning, all of it would be learnt again.
 */
final class LostPlaces {
    private static final Logger LOG = LoggerFactory.getLogger(LostPlaces.class);

    private LostPlaces() {}

    /**
     * Tells where to go on, in the log, too.
     *
     * @param properties of a consumer that can ask the broker
     */
    static List<KafkaPartitionSplit> goOn(InvalidOffsetException gone, Properties properties) {
        Set<TopicPartition> partitions = gone.partitions();
        try (KafkaConsumer<Object, Object> consumer = new KafkaConsumer<>(properties)) {
            Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            return partitions.stream()
                    .map(each -> new KafkaPartitionSplit(each, place(each, gone, beginnings.get(each), ends.get(each))))
                    .toList();
        }
    }

    private static long place(TopicPartition partition, InvalidOffsetException gone, long beginning, long end) {
        Long next = gone instanceof OffsetOutOfRangeException range
                ? range.offsetOutOfRangePartitions().get(partition)
                : null;
        if (next == null || next < beginning) {
            LOG.warn(
                    "{} begins at offset {} and {} was to be read next: what lay between is gone before it was learnt."
                            + " Reading on from the beginning. Does the topic keep experience for long enough?",
                    partition,
                    beginning,
                    next);
            return beginning;
        }
        long place = Math.min(next, gone instanceof LogTruncationException cut ? divergence(cut, partition, end) : end);
        LOG.error(
                "{} ends at offset {} and {} was to be read next: its broker has lost what was learnt already, or the topic was"
                        + " made anew. Reading on from offset {}; what came since the loss and before that is passed over."
                        + " Start without a snapshot to learn all that the topic holds.",
                partition,
                end,
                next,
                place);
        return place;
    }

    private static long divergence(LogTruncationException cut, TopicPartition partition, long end) {
        var known = cut.divergentOffsets().get(partition);
        return known == null ? end : known.offset();
    }
}
