package io.streamq.benchmarks;

import io.streamq.job.decode.ExperienceDecoder;
import io.streamq.job.record.SourceRecord;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.Transition;
import io.streamq.learning.LearningRate;
import io.streamq.learning.QRow;
import io.streamq.learning.TemporalDifference;
import io.streamq.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A consumer, a hash map, one thread: fast, and all is lost when it ends. */
record PlainLoop() implements Contestant {
    private static final double DISCOUNT = 0.99;

    @Override
    public String name() {
        return "plain loop";
    }

    @Override
    public Run run(Stadium stadium) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", stadium.bootstrapServers());
        properties.setProperty("max.poll.records", "5000");
        ExperienceDecoder decoder = new ExperienceDecoder(stadium.workload().actions(), 1024, false);
        LearningRate rate = new LearningRate.Polynomial(0.7);
        Map<StateKey, QRow> table = new HashMap<>();
        long total = stadium.workload().experiences();
        long applied = 0;
        long start = 0;
        long startCount = 0;
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(Topics.EXPERIENCES).stream()
                    .map(partition -> new TopicPartition(Topics.EXPERIENCES, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (applied < total) {
                for (ConsumerRecord<byte[], byte[]> consumed : consumer.poll(Duration.ofMillis(100))) {
                    Transition transition = decoder.decode(new SourceRecord(
                            consumed.partition(),
                            consumed.offset(),
                            consumed.timestamp(),
                            consumed.key(),
                            consumed.value()));
                    learn(table, transition, rate, stadium.workload().actions());
                    applied++;
                }
                if (start == 0 && applied >= total / 10) {
                    start = System.nanoTime();
                    startCount = applied;
                }
            }
        }
        return new Run(applied - startCount, System.nanoTime() - start);
    }

    private static void learn(Map<StateKey, QRow> table, Transition transition, LearningRate rate, int actions) {
        QRow row = table.computeIfAbsent(transition.state(), state -> QRow.untouched(1, actions, 0));
        double target = transition.reward();
        if (transition.nextState() != null) {
            QRow next = table.get(transition.nextState());
            target += DISCOUNT * (next == null ? 0 : next.value(0, next.bestLegalAction()));
        }
        TemporalDifference.update(row, 0, transition.action(), target, rate);
        row.chooseGreedy(0);
    }
}
