package io.streamq.job.kafka;

import io.streamq.job.record.RecordType;
import io.streamq.job.record.SourceRecord;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Takes records as they are; they are decoded downstream, where a bad one can be set aside. */
final class SourceRecordDeserializer implements KafkaRecordDeserializationSchema<SourceRecord> {
    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> consumed, Collector<SourceRecord> out) {
        out.collect(new SourceRecord(
                consumed.partition(), consumed.offset(), consumed.timestamp(), consumed.key(), consumed.value()));
    }

    @Override
    public TypeInformation<SourceRecord> getProducedType() {
        return RecordType.SOURCE_RECORD;
    }
}
