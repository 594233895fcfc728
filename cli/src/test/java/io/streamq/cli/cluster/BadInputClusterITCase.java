package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamq.learning.QRow;
import io.streamq.schemas.DeadLetterHeaders;
import io.streamq.schemas.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever bytes stand on the experience topic between good experiences: nothing of it stops the job. */
class BadInputClusterITCase {
    private static final int SHARE_DAMAGED = 10;

    private final ExperienceOracle oracle = new ExperienceOracle(ExperienceFeed.ACTIONS);
    private final Map<String, Long> good = new HashMap<>();
    private final Map<Position, Letter> bad = new ConcurrentHashMap<>();

    /** Where a record stands on the experience topic. */
    private record Position(int partition, long offset) {}

    private record Letter(@Nullable ByteBuffer key, ByteBuffer value) {
        static Letter of(byte @Nullable [] key, byte[] value) {
            return new Letter(key == null ? null : ByteBuffer.wrap(key), ByteBuffer.wrap(value));
        }
    }

    @Test
    void everyBadRecordIsSetAsideAndEveryGoodOneApplied() throws Exception {
        mix(20_000);
    }

    @Test
    @Tag("long")
    void everyBadRecordAmongAMillionIsSetAsideAndEveryGoodOneApplied() throws Exception {
        mix(1_000_000);
    }

    private void mix(int goodRecords) throws Exception {
        try (RealCluster cluster = RealCluster.start(BadInputClusterITCase.class, "--taskmanagers=2", "--slots=1")) {
            cluster.submit("--parallelism=2");
            send(cluster.bootstrapServers(), goodRecords);
            long applied = good.values().stream().mapToLong(Long::longValue).sum();
            System.out.println(
                    applied + " good, of them " + (applied - goodRecords) + " damaged, " + bad.size() + " bad");
            assertThat(applied)
                    .as("good records, and damaged ones that are still good")
                    .isGreaterThan(goodRecords);

            await().atMost(Duration.ofMinutes(5))
                    .until(() -> RealCluster.visits(RealCluster.table(cluster.run("savepoint"))) >= applied);
            cluster.awaitCheckpoint();
            assertApplied(RealCluster.table(cluster.run("savepoint")));
            assertSetAside(cluster.records(Topics.DEAD_LETTERS));
            assertThat(cluster.status().at("/job/restarts").asLong()).isZero();
        }
    }

    /** Sends good ones, and for ten of them one of random bytes and one that was damaged, in any order. */
    private void send(String bootstrapServers, int goodRecords) {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        BadInput input = new BadInput(random, oracle.head());
        int goodLeft = goodRecords;
        int randomLeft = goodRecords / SHARE_DAMAGED;
        int damagedLeft = goodRecords / SHARE_DAMAGED;
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer())) {
            while (goodLeft + randomLeft + damagedLeft > 0) {
                int lot = random.nextInt(goodLeft + randomLeft + damagedLeft);
                if (lot < goodLeft) {
                    goodLeft--;
                    send(producer, key(random), input.good());
                } else if (lot < goodLeft + randomLeft) {
                    randomLeft--;
                    send(producer, key(random), input.random());
                } else {
                    damagedLeft--;
                    send(producer, key(random), input.damaged());
                }
            }
        }
    }

    private static byte @Nullable [] key(SplittableRandom random) {
        if (random.nextBoolean()) {
            return null;
        }
        byte[] key = new byte[random.nextInt(20)];
        random.nextBytes(key);
        return key;
    }

    private void send(KafkaProducer<byte[], byte[]> producer, byte @Nullable [] key, byte[] value) {
        boolean isGood =
                oracle.row(value).map(row -> good.merge(row, 1L, Long::sum)).isPresent();
        Future<?> unused = producer.send(new ProducerRecord<>(Topics.EXPERIENCES, key, value), (sent, thrown) -> {
            if (!isGood) {
                bad.put(new Position(sent.partition(), sent.offset()), Letter.of(key, value));
            }
        });
    }

    private void assertApplied(Map<String, QRow> table) {
        assertThat(differences(
                        good,
                        table.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, row -> row.getValue()
                                .updates()))))
                .as("visits of a row: by the oracle, in the Q-table")
                .isEmpty();
    }

    private void assertSetAside(List<ConsumerRecord<byte[], byte[]>> deadLetters) {
        Map<Position, Letter> letters = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> each : deadLetters) {
            Position position = new Position(
                    (int) number(each, DeadLetterHeaders.SOURCE_PARTITION),
                    number(each, DeadLetterHeaders.SOURCE_OFFSET));
            assertThat(letters.put(position, Letter.of(each.key(), each.value())))
                    .as("another letter for %s", position)
                    .isNull();
        }
        assertThat(differences(bad, letters))
                .as("dead letters: by the oracle, on the topic")
                .isEmpty();
    }

    private static long number(ConsumerRecord<?, ?> letter, String header) {
        return Long.parseLong(new String(letter.headers().lastHeader(header).value(), StandardCharsets.UTF_8));
    }

    /** A few of those keys whose values differ, with both values. */
    private static <K, V> List<String> differences(Map<K, V> expected, Map<K, V> found) {
        return Stream.concat(expected.keySet().stream(), found.keySet().stream())
                .distinct()
                .filter(key -> !Objects.equals(expected.get(key), found.get(key)))
                .limit(10)
                .map(key -> key + ": " + expected.get(key) + ", " + found.get(key))
                .toList();
    }
}
