package io.streamq.job.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.streamq.job.record.PolicyChange;
import io.streamq.job.record.StateKey;
import io.streamq.learning.QRow;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.PolicyUpdate;
import io.streamq.schemas.UpdateReason;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema.KafkaSinkContext;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PolicyChangeToKafkaTest {
    private static final String TOPIC = "streamq.policy.v1";
    private static final long NOW = 1_700_000_000_000L;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int RECORDS = 10_000;
    private static final int ROUNDS = 40;

    private final PolicyChangeToKafka toKafka = new PolicyChangeToKafka(TOPIC);
    private final KafkaSinkContext anywhere = new KafkaSinkContext() {
        @Override
        public int getParallelInstanceId() {
            return 0;
        }

        @Override
        public int getNumberOfParallelInstances() {
            return 1;
        }

        @Override
        public int[] getPartitionsForTopic(String topic) {
            return new int[] {0};
        }
    };
    private final QRow row = QRow.of(2, new double[] {1.5, -2}, new long[] {1, 200}, null, 0, 4, 1000, 1, -2, null);
    private final PolicyChange change = new PolicyChange();

    @BeforeEach
    void open() {
        toKafka.open(null, anywhere);
    }

    private ProducerRecord<byte[], byte[]> record() {
        return toKafka.serialize(change, anywhere, null);
    }

    @Test
    void anAnnouncementIsAnUpdateUnderTheKeyOfItsState() throws Exception {
        change.announce(StateKey.of("lake", "größe/7 of a name that is long"), row, UpdateReason.RESTORED, NOW);

        assertThat(record().topic()).isEqualTo(TOPIC);
        assertThat(record().timestamp()).isEqualTo(NOW);
        assertThat(record().key()).isEqualTo("lake/größe/7 of a name that is long".getBytes(UTF_8));
        assertThat(AvroCodec.policyUpdate().decode(record().value()))
                .isEqualTo(PolicyUpdate.newBuilder()
                        .setPolicyId("lake")
                        .setState("größe/7 of a name that is long")
                        .setAction(0)
                        .setValue(1.5)
                        .setQValues(List.of(1.5, -2.0))
                        .setVisits(List.of(1L, 200L))
                        .setUpdates(201)
                        .setVersion(4)
                        .setEpoch(1000)
                        .setReason(UpdateReason.RESTORED)
                        .setUpdatedAt(Instant.ofEpochMilli(NOW))
                        .build());
    }

    @Test
    void aStateThatWasForgottenIsATombstoneThatTellsItsEpoch() {
        change.announce(StateKey.of("lake", "s"), row, UpdateReason.FIRST, NOW);
        change.forget(StateKey.of("lake", "s"), 7, NOW);

        assertThat(record().key()).isEqualTo("lake/s".getBytes(UTF_8));
        assertThat(record().value()).isNull();
        assertThat(record().headers().lastHeader("streamq.epoch").value()).isEqualTo("7".getBytes(UTF_8));
    }

    @Test
    void recordsOfOtherLengthsComeBetween() throws Exception {
        QRow longer = QRow.untouched(1, 300, 0.5);
        longer.chooseGreedy(0);
        for (int i = 0; i < 20; i++) {
            change.announce(StateKey.of("p", "s".repeat(1 + i)), i % 2 == 0 ? row : longer, UpdateReason.FIRST, NOW);
            PolicyUpdate update = AvroCodec.policyUpdate().decode(record().value());
            assertThat(update.getState()).hasSize(1 + i);
            assertThat(update.getQValues()).hasSize(i % 2 == 0 ? 2 : 300);
        }
    }

    @Test
    void onlyTheClientsOwnRecordIsMade() throws Exception {
        byte[] nothing = {};
        change.announce(StateKey.of("p", "s1"), row, UpdateReason.FIRST, NOW);

        long own = leastBytes(() -> new ProducerRecord<>(TOPIC, null, NOW, nothing, nothing));
        assertThat(leastBytes(this::record)).isEqualTo(own);
    }

    /** Of so many records, in the least round, so that what the JVM does once in a while does not count. */
    private static long leastBytes(Callable<?> made) throws Exception {
        long thread = Thread.currentThread().getId();
        long least = Long.MAX_VALUE;
        Object last = null;
        for (int round = 0; round < ROUNDS; round++) {
            long before = THREADS.getThreadAllocatedBytes(thread);
            for (int i = 0; i < RECORDS; i++) {
                last = made.call();
            }
            least = Math.min(least, THREADS.getThreadAllocatedBytes(thread) - before);
        }
        assertThat(last).isNotNull();
        return least;
    }
}
