package io.streamq.cli.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;
import static org.awaitility.Awaitility.await;

import io.streamq.job.record.Rejection;
import io.streamq.learning.QRow;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.DeadLetterHeaders;
import io.streamq.schemas.Experience;
import io.streamq.schemas.PolicyConfig;
import io.streamq.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;

/** Bad input never stops the job and is never lost. */
class BadInputKafkaITCase {
    private final AvroCodec<Experience> codec = AvroCodec.experience();

    private static Experience.Builder good() {
        return Experience.newBuilder()
                .setState("s")
                .setAction(1)
                .setReward(1)
                .setNextState("t")
                .setTerminated(false);
    }

    private byte[] bytes(Experience.Builder experience) {
        return codec.encode(experience.build());
    }

    /** One of each kind that a producer can send to a Q-learning policy of two actions, in the order they are sent. */
    private List<Map.Entry<Rejection, byte[]>> oneOfEach() {
        List<Map.Entry<Rejection, byte[]>> bad = new ArrayList<>();
        bad.add(Map.entry(Rejection.NOT_AVRO, "this is not Avro".getBytes(UTF_8)));
        bad.add(Map.entry(Rejection.NOT_AVRO, new byte[0]));
        bad.add(Map.entry(
                Rejection.UNKNOWN_SCHEMA,
                AvroCodec.policyConfig()
                        .encode(PolicyConfig.newBuilder().setActions(1).build())));
        bad.add(Map.entry(Rejection.STATE_EMPTY, bytes(good().setState(""))));
        bad.add(Map.entry(Rejection.STATE_TOO_LONG, bytes(good().setState("x".repeat(1025)))));
        bad.add(Map.entry(Rejection.STATE_EMPTY, bytes(good().setNextState(""))));
        bad.add(Map.entry(Rejection.STATE_TOO_LONG, bytes(good().setNextState("ü".repeat(513)))));
        bad.add(Map.entry(Rejection.REWARD_NOT_FINITE, bytes(good().setReward(Double.NaN))));
        bad.add(Map.entry(Rejection.REWARD_NOT_FINITE, bytes(good().setReward(Double.NEGATIVE_INFINITY))));
        bad.add(Map.entry(Rejection.ACTION_OUT_OF_RANGE, bytes(good().setAction(-1))));
        bad.add(Map.entry(Rejection.ACTION_OUT_OF_RANGE, bytes(good().setAction(2))));
        bad.add(Map.entry(Rejection.ACTION_NOT_LEGAL, bytes(good().setLegalActions(List.of(0)))));
        bad.add(Map.entry(Rejection.LEGAL_ACTIONS_INVALID, bytes(good().setLegalActions(List.of()))));
        bad.add(Map.entry(Rejection.LEGAL_ACTIONS_INVALID, bytes(good().setLegalActions(List.of(1, 2)))));
        bad.add(Map.entry(Rejection.NEXT_STATE_MISSING, bytes(good().setNextState(null))));
        bad.add(Map.entry(Rejection.DISCOUNT_OUT_OF_RANGE, bytes(good().setDiscount(1.01))));
        bad.add(Map.entry(Rejection.DISCOUNT_OUT_OF_RANGE, bytes(good().setDiscount(-0.01))));
        bad.add(Map.entry(Rejection.DISCOUNT_OUT_OF_RANGE, bytes(good().setDiscount(Double.NaN))));
        bad.add(Map.entry(Rejection.POLICY_ID_INVALID, bytes(good().setPolicyId("a/b"))));
        bad.add(Map.entry(Rejection.POLICY_ID_INVALID, bytes(good().setPolicyId("x".repeat(65)))));
        return bad;
    }

    @Test
    void everyBadRecordComesBackByteForByteAndEveryGoodOneIsLearnt() throws Exception {
        try (Pipeline pipeline = Pipeline.with(Map.of("streamq.policy.actions", "2"));
                KafkaProducer<byte[], byte[]> producer = pipeline.producer()) {
            Map<String, Map.Entry<Rejection, byte[]>> sent = new LinkedHashMap<>();
            Map<String, RecordMetadata> origins = new HashMap<>();
            int goodOnes = 0;
            for (Map.Entry<Rejection, byte[]> bad : oneOfEach()) {
                String key = "bad-" + sent.size();
                origins.put(key, producer.send(record(key, bad.getValue())).get());
                sent.put(key, bad);
                producer.send(record("good", bytes(good()))).get();
                goodOnes++;
            }
            origins.put("tombstone", producer.send(record("tombstone", null)).get());
            pipeline.awaitProcessed(2L * sent.size() + 1);

            await().atMost(Duration.ofSeconds(20))
                    .until(() -> pipeline.deadLetters().size() >= sent.size() + 1);
            List<ConsumerRecord<byte[], byte[]>> letters = pipeline.deadLetters();
            assertThat(letters).hasSize(sent.size() + 1);
            for (ConsumerRecord<byte[], byte[]> letter : letters) {
                String key = new String(letter.key(), UTF_8);
                RecordMetadata origin = origins.get(key);
                assertThat(header(letter, DeadLetterHeaders.SOURCE_TOPIC)).isEqualTo(Topics.EXPERIENCES);
                assertThat(header(letter, DeadLetterHeaders.SOURCE_PARTITION)).isEqualTo("" + origin.partition());
                assertThat(header(letter, DeadLetterHeaders.SOURCE_OFFSET)).isEqualTo("" + origin.offset());
                assertThat(header(letter, DeadLetterHeaders.SOURCE_TIMESTAMP)).isEqualTo("" + origin.timestamp());
                assertThat(header(letter, DeadLetterHeaders.MESSAGE)).hasSizeGreaterThan(20);
                if (key.equals("tombstone")) {
                    assertThat(letter.value()).isNull();
                    assertThat(header(letter, DeadLetterHeaders.REASON)).isEqualTo("VALUE_MISSING");
                } else {
                    assertThat(letter.value()).as(key).isEqualTo(sent.get(key).getValue());
                    assertThat(header(letter, DeadLetterHeaders.REASON))
                            .as(key)
                            .isEqualTo(sent.get(key).getKey().name());
                }
            }
            Map<String, QRow> table = pipeline.table();
            assertThat(table).containsOnlyKeys("default/s");
            assertThat(Pipeline.visits(table)).isEqualTo(goodOnes);
        }
    }

    @Test
    void whatOnlyTheRowKnowsToBeBadComesBackToo() throws Exception {
        try (Pipeline pipeline = Pipeline.with(Map.of("streamq.policy.actions", "2"));
                KafkaProducer<byte[], byte[]> producer = pipeline.producer()) {
            byte[] masks = bytes(good().setAction(0).setLegalActions(List.of(0)));
            byte[] illegal = bytes(good().setAction(1));
            byte[] huge = bytes(good().setState("huge").setReward(-1e308).setTerminated(true));
            byte[] overflow = bytes(good().setState("huge").setReward(1e308).setTerminated(true));
            // One key, hence one partition and one order.
            for (byte[] value : List.of(masks, illegal, huge, overflow)) {
                producer.send(record("k", value)).get();
            }
            pipeline.awaitProcessed(4);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> pipeline.deadLetters().size() >= 2);
            assertThat(pipeline.deadLetters())
                    .extracting(letter -> header(letter, DeadLetterHeaders.REASON), ConsumerRecord::value)
                    .containsExactlyInAnyOrder(
                            tuple("ACTION_NOT_LEGAL", illegal), tuple("UPDATE_NOT_FINITE", overflow));
            assertThat(Pipeline.visits(pipeline.table())).isEqualTo(2);
        }
    }

    @Test
    void aBadRecordTooLargeForItsHeadersIsNamedWithoutItsBytes() throws Exception {
        try (Pipeline pipeline = Pipeline.with(Map.of("streamq.policy.actions", "2"));
                KafkaProducer<byte[], byte[]> producer = pipeline.producer()) {
            RecordMetadata origin =
                    producer.send(record("k", new byte[(1 << 20) - 200])).get();
            producer.send(record("k", bytes(good()))).get();
            pipeline.awaitProcessed(2);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> !pipeline.deadLetters().isEmpty());
            assertThat(pipeline.deadLetters()).singleElement().satisfies(letter -> {
                assertThat(letter.value()).isNull();
                assertThat(header(letter, DeadLetterHeaders.OMITTED_BYTES)).isEqualTo("" + ((1 << 20) - 199));
                assertThat(header(letter, DeadLetterHeaders.REASON)).isEqualTo("NOT_AVRO");
                assertThat(header(letter, DeadLetterHeaders.SOURCE_OFFSET)).isEqualTo("" + origin.offset());
            });
            assertThat(Pipeline.visits(pipeline.table())).isOne();
        }
    }

    private static ProducerRecord<byte[], byte[]> record(String key, byte[] value) {
        return new ProducerRecord<>(Topics.EXPERIENCES, key.getBytes(UTF_8), value);
    }

    private static String header(ConsumerRecord<byte[], byte[]> letter, String name) {
        return new String(letter.headers().lastHeader(name).value(), UTF_8);
    }
}
