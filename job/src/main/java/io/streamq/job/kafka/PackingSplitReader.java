package io.streamq.job.kafka;

import io.streamq.job.record.SourceRecords;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.apache.flink.connector.kafka.source.metrics.KafkaSourceReaderMetrics;
import org.apache.flink.connector.kafka.source.reader.KafkaPartitionSplitReader;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.metrics.groups.SourceReaderMetricGroup;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads partitions as Flink's reader does, and hands their records over in packs, filled by the thread that fetched them while they are in
 * its cache.
 */
final class PackingSplitReader extends KafkaPartitionSplitReader {
    /** Large enough to amortise Flink's cost per record, small enough not to delay barriers and to stay in the cache. */
    private static final int PACK_BYTES = 32 << 10;

    /** How long a partition with an end may bring nothing before the end is checked. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Packs for reuse. */
    private final Queue<SourceRecords> spares = new ConcurrentLinkedQueue<>();

    /** The partitions being read, without finished ones. */
    private final Map<TopicPartition, Reading> readings = new HashMap<>();

    private final Properties consumer;
    private final Metrics metrics;
    private final LostPlaces lost;

    /** When something last came, or was last found not to be missing. */
    private long heardNanos = System.nanoTime();

    /** @param consumer without an offset reset policy of its own */
    PackingSplitReader(Properties consumer, SourceReaderContext context, Metrics metrics, LostPlaces lost) {
        super(consumer, context, metrics);
        this.consumer = consumer;
        this.metrics = metrics;
        this.lost = lost;
    }

    /** Per-record metrics are needed only for the last record of a pack. */
    static final class Metrics extends KafkaSourceReaderMetrics {
        private final Set<TopicPartition> registered = new HashSet<>();

        Metrics(SourceReaderMetricGroup group) {
            super(group);
        }

        /** Once: for a partition resumed elsewhere, Flink would warn of metrics that exist and set its offsets to -1. */
        @Override
        public void registerTopicPartition(TopicPartition partition) {
            if (registered.add(partition)) {
                super.registerTopicPartition(partition);
            }
        }

        @Override
        public void recordCurrentOffset(TopicPartition partition, long offset) {}

        private void recordOffset(TopicPartition partition, long offset) {
            super.recordCurrentOffset(partition, offset);
        }
    }

    /** What Flink's reader takes for a record: the last of a pack, carrying all of them. */
    static final class Pack extends ConsumerRecord<byte[], byte[]> {
        private final SourceRecords records;

        Pack(ConsumerRecord<byte[], byte[]> last, SourceRecords records) {
            super(last.topic(), last.partition(), last.offset(), null, null);
            this.records = records;
        }

        SourceRecords records() {
            return records;
        }
    }

    /** A partition as assigned, and the rest of it. */
    private static final class Reading {
        private final KafkaPartitionSplit given;
        /** Offset after the last record handed over; until there is one, the starting offset, which may be a sentinel. */
        private long next;

        private Reading(KafkaPartitionSplit given) {
            this.given = given;
            this.next = given.getStartingOffset();
        }

        private KafkaPartitionSplit left() {
            return LostPlaces.from(next, given);
        }
    }

    @Override
    public void handleSplitsChanges(SplitsChange<KafkaPartitionSplit> change) {
        change.splits().forEach(split -> readings.put(split.getTopicPartition(), new Reading(split)));
        super.handleSplitsChanges(change);
    }

    /**
     * When an offset is gone, Flink's reader may already have records, also of other partitions, and discards them. Kafka's client is past
     * them by then, so every partition is read again from after the last record handed over.
     */
    @Override
    public RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> fetch() throws IOException {
        try {
            Packs packs = new Packs(super.fetch());
            if (packs.haveNews()) {
                heardNanos = System.nanoTime();
            } else if (System.nanoTime() - heardNanos > SILENCE_NANOS) {
                endWhereLogsDo();
            }
            return packs;
        } catch (InvalidOffsetException gone) {
            handleSplitsChanges(new SplitsAddition<>(lost.goOn(gone, left(), consumer)));
            return new RecordsBySplits.Builder<ConsumerRecord<byte[], byte[]>>().build();
        }
    }

    private List<KafkaPartitionSplit> left() {
        return readings.values().stream().map(Reading::left).toList();
    }

    /** Only after an empty fetch: with more to read there is no need to ask, and if a place is gone, what was fetched is lost. */
    private void endWhereLogsDo() {
        List<KafkaPartitionSplit> ending = lost.endingEarlier(left(), consumer);
        if (!ending.isEmpty()) {
            handleSplitsChanges(new SplitsAddition<>(ending));
        }
        heardNanos = System.nanoTime();
    }

    private final class Packs implements RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> {
        private final Set<String> finishedSplits;
        private final Deque<PacksOfSplit> splits = new ArrayDeque<>();
        private final List<SourceRecords> used = new ArrayList<>();
        private @Nullable PacksOfSplit current;

        private record PacksOfSplit(String split, Deque<Pack> packs) {}

        Packs(RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> fetched) {
            for (String split = fetched.nextSplit(); split != null; split = fetched.nextSplit()) {
                splits.add(new PacksOfSplit(split, packed(fetched)));
            }
            finishedSplits = fetched.finishedSplits();
            if (!finishedSplits.isEmpty()) {
                readings.values().removeIf(reading -> finishedSplits.contains(reading.given.splitId()));
            }
            fetched.recycle();
        }

        /** Whether dropping them would lose anything. */
        private boolean haveNews() {
            return !splits.isEmpty() || !finishedSplits.isEmpty();
        }

        private Deque<Pack> packed(RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>> fetched) {
            Deque<Pack> packs = new ArrayDeque<>();
            ConsumerRecord<byte[], byte[]> last = fetched.nextRecordFromSplit();
            while (last != null) {
                SourceRecords records = emptyPack();
                ConsumerRecord<byte[], byte[]> next = last;
                while (next != null && records.length() < PACK_BYTES) {
                    last = next;
                    add(last, records);
                    next = fetched.nextRecordFromSplit();
                }
                packs.add(new Pack(last, records));
                handedOver(new TopicPartition(last.topic(), last.partition()), last.offset());
                last = next;
            }
            return packs;
        }

        private void handedOver(TopicPartition partition, long last) {
            metrics.recordOffset(partition, last);
            Reading reading = readings.get(partition);
            if (reading != null) {
                reading.next = last + 1;
            }
        }

        /** Flink's reader never looks at key and value, so its consumer may leave them in the receive buffer. */
        @SuppressWarnings("unchecked")
        private static void add(ConsumerRecord<?, ?> record, SourceRecords pack) {
            var received = (ConsumerRecord<ByteBuffer, ByteBuffer>) record;
            pack.add(received.partition(), received.offset(), received.timestamp(), received.key(), received.value());
        }

        private SourceRecords emptyPack() {
            SourceRecords spare = spares.poll();
            SourceRecords pack = spare == null ? new SourceRecords() : spare;
            used.add(pack);
            return pack;
        }

        @Override
        public @Nullable String nextSplit() {
            current = splits.poll();
            return current == null ? null : current.split;
        }

        @Override
        public @Nullable ConsumerRecord<byte[], byte[]> nextRecordFromSplit() {
            return current == null ? null : current.packs.poll();
        }

        @Override
        public Set<String> finishedSplits() {
            return finishedSplits;
        }

        @Override
        public void recycle() {
            for (SourceRecords pack : used) {
                pack.clear(2 * PACK_BYTES);
                spares.add(pack);
            }
            used.clear(); // a second recycle must not add a pack twice
        }
    }
}
