package io.streamq.job.kafka;

import io.streamq.job.kafka.PackingSplitReader.Pack;
import io.streamq.job.options.StreamQOptions;
import io.streamq.job.options.StreamQOptions.SourceEnd;
import io.streamq.job.record.RecordType;
import io.streamq.job.record.SourceRecord;
import io.streamq.job.record.SourceRecords;
import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.connector.base.source.reader.RecordEmitter;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.synchronization.FutureCompletingBlockingQueue;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.reader.KafkaSourceReader;
import org.apache.flink.connector.kafka.source.reader.fetcher.KafkaSourceFetcherManager;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplitState;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.metrics.groups.OperatorIOMetricGroup;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.lineage.LineageVertex;
import org.apache.flink.streaming.api.lineage.LineageVertexProvider;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Flink's own Kafka source, except for its reader's last step: records come in packs, so that Flink's cost per record is paid once for
 * hundreds; and where a place is gone, {@link LostPlaces} says where to resume. Partition discovery, assignment and the contents of
 * snapshots are those of Flink's source.
 *
 * @param <T> what leaves the source
 */
final class PackedKafkaSource<T>
        implements Source<T, KafkaPartitionSplit, KafkaSourceEnumState>, LineageVertexProvider, ResultTypeQueryable<T> {
    private final Topic topic;
    private final KafkaSource<?> kafka;
    private final Properties consumer;
    private final LostPlaces lost;
    private final Unpacking<T> unpacking;
    private final RecordType<T> type;

    /** How a pack leaves the source. */
    private interface Unpacking<T> extends Serializable {
        void emit(SourceRecords pack, SourceOutput<T> output, OperatorIOMetricGroup counts);
    }

    /**
     * What is read.
     *
     * @param option that names it
     */
    record Topic(String option, String name) implements Serializable {}

    private PackedKafkaSource(
            Topic topic,
            KafkaSource<?> kafka,
            Properties consumer,
            LostPlaces lost,
            Unpacking<T> unpacking,
            RecordType<T> type) {
        this.topic = topic;
        this.kafka = kafka;
        this.consumer = consumer;
        this.lost = lost;
        this.unpacking = unpacking;
        this.type = type;
    }

    /**
     * A source that emits packs as they are.
     *
     * @param topic that the source reads
     * @param kafka the source, used for everything except readers
     * @param consumer the properties of its readers' consumers
     */
    static PackedKafkaSource<SourceRecords> ofPacks(
            Topic topic, KafkaSource<?> kafka, Properties consumer, LostPlaces lost) {
        return new PackedKafkaSource<>(
                topic,
                kafka,
                consumer,
                lost,
                (pack, output, counts) -> {
                    counts.getNumRecordsOutCounter().inc(pack.count() - 1L);
                    output.collect(pack);
                },
                RecordType.SOURCE_RECORDS);
    }

    /** The same for single records, for a topic with little traffic. */
    static PackedKafkaSource<SourceRecord> ofRecords(
            Topic topic, KafkaSource<?> kafka, Properties consumer, LostPlaces lost) {
        return new PackedKafkaSource<>(
                topic,
                kafka,
                consumer,
                lost,
                (pack, output, counts) -> {
                    // Flink counts each record emitted.
                    while (pack.next()) {
                        SourceRecord record = pack.record();
                        output.collect(record, record.timestampMillis());
                    }
                },
                RecordType.SOURCE_RECORD);
    }

    @Override
    public SourceReader<T, KafkaPartitionSplit> createReader(SourceReaderContext context) {
        PackingSplitReader.Metrics metrics = new PackingSplitReader.Metrics(context.metricGroup());
        var queue = new FutureCompletingBlockingQueue<RecordsWithSplitIds<ConsumerRecord<byte[], byte[]>>>();
        return new KafkaSourceReader<>(
                queue,
                new KafkaSourceFetcherManager(
                        queue, () -> new PackingSplitReader(consumer, context, metrics, lost), finished -> {}),
                emitter(context.metricGroup().getIOMetricGroup()),
                Configuration.fromMap(asMap(consumer)),
                context,
                metrics) {
            @Override
            public void addSplits(List<KafkaPartitionSplit> splits) {
                splits.forEach(PackedKafkaSource.this::requireSameTopic);
                splits.forEach(PackedKafkaSource.this::requireSameEnd);
                super.addSplits(splits);
            }
        };
    }

    /** Flink's source would go on with the snapshot's topic, and read the configured one from its beginning as well. */
    private void requireSameTopic(KafkaPartitionSplit split) {
        if (!split.getTopic().equals(topic.name())) {
            throw new SuppressRestartsException(new IllegalStateException(
                    topic.option() + " must be " + split.getTopic() + " as in the job of the snapshot, which reads "
                            + split.getTopicPartition() + ": got " + topic.name()
                            + ". Set it to that, or start without the snapshot."));
        }
    }

    /** The end of a partition is fixed once and kept in snapshots: an endless job would silently stop there. */
    private void requireSameEnd(KafkaPartitionSplit split) {
        boolean ends = split.getStoppingOffset().isPresent();
        if (ends != (getBoundedness() == Boundedness.BOUNDED)) {
            throw new SuppressRestartsException(new IllegalStateException(
                    StreamQOptions.SOURCE_END.key() + " must be " + (ends ? SourceEnd.LATEST : SourceEnd.NEVER)
                            + " as in the job of the snapshot: " + split.getTopicPartition() + " is read "
                            + split.getStoppingOffset()
                                    .map(end -> "up to offset " + end + " there")
                                    .orElse("without end there")
                            + ". Set it to that, or start without the snapshot; a job that is to run forever needs"
                            + " NEVER from its start."));
        }
    }

    private static Map<String, String> asMap(Properties properties) {
        return properties.stringPropertyNames().stream().collect(Collectors.toMap(key -> key, properties::getProperty));
    }

    /** Flink counts a pack as one record. */
    private RecordEmitter<ConsumerRecord<byte[], byte[]>, T, KafkaPartitionSplitState> emitter(
            OperatorIOMetricGroup counts) {
        return (pack, output, split) -> {
            SourceRecords records = ((Pack) pack).records();
            counts.getNumRecordsInCounter().inc(records.count() - 1L);
            unpacking.emit(records, output, counts);
            split.setCurrentOffset(pack.offset() + 1);
        };
    }

    @Override
    public Boundedness getBoundedness() {
        return kafka.getBoundedness();
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return kafka.createEnumerator(patient(context));
    }

    @Override
    public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
            SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state) throws IOException {
        return getBoundedness() == Boundedness.BOUNDED
                ? new RestoredEnumerator(kafka, context, state)
                : kafka.restoreEnumerator(patient(context), state);
    }

    private SplitEnumeratorContext<KafkaPartitionSplit> patient(SplitEnumeratorContext<KafkaPartitionSplit> context) {
        return new PatientDiscovery(topic.name(), context);
    }

    @Override
    public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
        return kafka.getSplitSerializer();
    }

    @Override
    public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
        return kafka.getEnumeratorCheckpointSerializer();
    }

    @Override
    public LineageVertex getLineageVertex() {
        return kafka.getLineageVertex();
    }

    @Override
    public TypeInformation<T> getProducedType() {
        return type;
    }
}
