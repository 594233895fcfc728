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
 * Where to go on on partitions that have no longer what is to be read next. What retention took is gone, and what is left is read. But where
 * a log ends before that, its broker has lost what the job knows already: from the beginning, all of it would be learnt again, and
 * configurations of long ago, or the tombstone of one, would take from policies what they have learnt since.
 */
enum LostPlaces {
    OF_EXPERIENCE(
            "before it was learnt",
            "Does the topic keep experience for long enough?",
            "what was learnt already",
            "Start without a snapshot to learn all that the topic holds."),
    OF_CONFIGURATIONS(
            "before the job had it",
            "Send configurations again that were changed meanwhile.",
            "configurations that the job has",
            "Send configurations again that were changed since.");

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
     * Tells where to go on, in the log, too.
     *
     * @param left what is left of each partition that is read, from behind the last record that was handed over
     * @param properties of a consumer that can ask the broker
     * @return the same, but for partitions that begin elsewhere as their place is gone
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
     * Tells which partitions are to be read to an end that their logs do not reach any more, in the log, too. Whoever waits for the rest
     * waits for ever.
     *
     * @return these, to the end of their logs; none while no broker answers
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
            LOG.debug("It cannot be said whether logs are shorter than they were.", away);
            return List.of();
        }
    }

    /** To whoever reads committed records only, a log seems to end where a transaction is open, before others that were read. */
    private static KafkaConsumer<Object, Object> asking(Properties properties) {
        Properties uncommitted = new Properties();
        uncommitted.putAll(properties);
        uncommitted.setProperty("isolation.level", "read_uncommitted");
        return new KafkaConsumer<>(uncommitted);
    }

    private static KafkaPartitionSplit endingAt(long end, KafkaPartitionSplit split) {
        LOG.error(
                "{} ends at offset {} and was to be read up to {}: its broker has lost the end, or the topic was made anew."
                        + " Reading ends there.",
                split.getTopicPartition(),
                end,
                split.getStoppingOffset().orElseThrow());
        return new KafkaPartitionSplit(split.getTopicPartition(), split.getStartingOffset(), end);
    }

    /** The same partition to the same end, from another offset. */
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
                    "{} begins at offset {} and {} was to be read next: what lay between is gone {}."
                            + " Reading on from the beginning. {}",
                    partition,
                    beginning,
                    next,
                    beforeItWasRead,
                    whereItIsGone);
            return beginning;
        }
        long place = Math.min(next, gone instanceof LogTruncationException cut ? divergence(cut, partition, end) : end);
        LOG.error(
                "{} ends at offset {} and {} was to be read next: its broker has lost {}, or the topic was made anew."
                        + " Reading on from offset {}; what came since the loss and before that is passed over. {}",
                partition,
                end,
                next,
                whatIsLost,
                place,
                whereItIsLost);
        return place;
    }

    /**
     * Kafka's client may have been further than the last record, as what aborted transactions left has offsets, too. But it hears of a cut
     * log at any time, when it may be behind records that were not handed over.
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
