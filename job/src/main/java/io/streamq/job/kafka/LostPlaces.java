package io.streamq.job.kafka;

import java.util.Collection;
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
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where to resume on partitions that no longer have the next offset. What retention deleted is gone, and what is left is read. But if a log
 * ends before that offset, its broker has lost what the job knows already: from the beginning, all of it would be learnt again, and old
 * configurations, or a tombstone, would take from policies what they have learnt since.
 */
enum LostPlaces {
    OF_EXPERIENCE(
            "before it was learnt",
            "Does the topic keep experience for long enough?",
            "what was already learnt",
            "Start without a snapshot to learn all that the topic holds."),
    OF_CONFIGURATIONS(
            "before the job read it",
            "Resend configurations that were changed meanwhile.",
            "configurations that the job has",
            "Resend configurations that were changed since.");

    private static final Logger LOG = LoggerFactory.getLogger(LostPlaces.class);

    private final String beforeItWasRead;
    private final String whereItIsGone;
    private final String whatIsLost;
    private final String whereItIsLost;

    LostPlaces(String beforeItWasRead, String whereItIsGone, String whatIsLost, String whereItIsLost) {
        this.beforeItWasRead = beforeItWasRead;
        this.whereItIsGone = whereItIsGone;
        this.whatIsLost = whatIsLost;
        this.whereItIsLost = whereItIsLost;
    }

    /**
     * Says where to resume, and logs it.
     *
     * @param left the rest of each partition being read, after the last record handed over
     * @param properties of a consumer that can ask the broker
     * @return the same, except that partitions whose place is gone begin elsewhere
     */
    List<KafkaPartitionSplit> goOn(
            InvalidOffsetException gone, Collection<KafkaPartitionSplit> left, Properties properties) {
        Set<TopicPartition> partitions = gone.partitions();
        try (KafkaConsumer<Object, Object> consumer = asking(properties)) {
            Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            return left.stream()
                    .map(split -> {
                        TopicPartition partition = split.getTopicPartition();
                        return partitions.contains(partition)
                                ? from(place(split, gone, beginnings.get(partition), ends.get(partition)), split)
                                : split;
                    })
                    .toList();
        }
    }

    /**
     * Finds partitions to be read to an end that their logs no longer reach, and logs them. Waiting for the rest would never end.
     *
     * @return these, up to the ends of their logs; none while no broker answers
     */
    List<KafkaPartitionSplit> endingEarlier(Collection<KafkaPartitionSplit> left, Properties properties) {
        List<KafkaPartitionSplit> ending = left.stream()
                .filter(split -> split.getStoppingOffset().isPresent())
                .toList();
        if (ending.isEmpty()) {
            return ending;
        }
        try (KafkaConsumer<Object, Object> consumer = asking(properties)) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(
                    ending.stream().map(KafkaPartitionSplit::getTopicPartition).toList(), KafkaPreflight.PATIENCE);
            return ending.stream()
                    .filter(split -> ends.get(split.getTopicPartition())
                            < split.getStoppingOffset().orElseThrow())
                    .map(split -> endingAt(ends.get(split.getTopicPartition()), split))
                    .toList();
        } catch (TimeoutException away) {
            LOG.debug("Whether logs are shorter than they were could not be checked.", away);
            return List.of();
        }
    }

    /** To a read_committed consumer, a log seems to end at an open transaction, before others that were read. */
    private static KafkaConsumer<Object, Object> asking(Properties properties) {
        Properties uncommitted = new Properties();
        uncommitted.putAll(properties);
        uncommitted.setProperty("isolation.level", "read_uncommitted");
        return new KafkaConsumer<>(uncommitted);
    }

    private static KafkaPartitionSplit endingAt(long end, KafkaPartitionSplit split) {
        LOG.error(
                "{} ends at offset {} and was to be read up to {}: its broker has lost the end, or the topic was"
                        + " recreated. Reading ends there.",
                split.getTopicPartition(),
                end,
                split.getStoppingOffset().orElseThrow());
        return new KafkaPartitionSplit(split.getTopicPartition(), split.getStartingOffset(), end);
    }

    /** The same partition and end, from another offset. */
    static KafkaPartitionSplit from(long offset, KafkaPartitionSplit split) {
        return new KafkaPartitionSplit(
                split.getTopicPartition(),
                offset,
                split.getStoppingOffset().orElse(KafkaPartitionSplit.NO_STOPPING_OFFSET));
    }

    private long place(KafkaPartitionSplit split, InvalidOffsetException gone, long beginning, long end) {
        TopicPartition partition = split.getTopicPartition();
        if (split.getStartingOffset() < 0) {
            return beginning; // no offset: none of its records was handed over
        }
        long next = next(split, gone);
        if (next < beginning) {
            LOG.warn(
                    "{} begins at offset {} and {} was to be read next: what was in between was deleted {}."
                            + " Reading continues at the beginning. {}",
                    partition,
                    beginning,
                    next,
                    beforeItWasRead,
                    whereItIsGone);
            return beginning;
        }
        long place = Math.min(next, gone instanceof LogTruncationException cut ? divergence(cut, partition, end) : end);
        LOG.error(
                "{} ends at offset {} and {} was to be read next: its broker has lost {}, or the topic was recreated."
                        + " Reading continues at offset {}; what was written since the loss, below that offset, is"
                        + " skipped. {}",
                partition,
                end,
                next,
                whatIsLost,
                place,
                whereItIsLost);
        return place;
    }

    /**
     * Kafka's client may be past the last record, as aborted transactions take offsets too. But it may notice a truncated log at any time,
     * even when it is past records not yet handed over.
     */
    private static long next(KafkaPartitionSplit split, InvalidOffsetException gone) {
        return gone instanceof OffsetOutOfRangeException range && !(gone instanceof LogTruncationException)
                ? range.offsetOutOfRangePartitions().get(split.getTopicPartition())
                : split.getStartingOffset();
    }

    private static long divergence(LogTruncationException cut, TopicPartition partition, long end) {
        var known = cut.divergentOffsets().get(partition);
        return known == null ? end : known.offset();
    }
}
