package io.streamq.benchmarks.contest;

import io.streamq.benchmarks.workload.Lap;
import io.streamq.benchmarks.workload.Visits;
import io.streamq.job.decode.ExperienceDecoder;
import io.streamq.job.record.KeyWords;
import io.streamq.job.record.SourceRecords;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.TransitionBatch;
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

/** A consumer, a hash map, one thread: fast, but all is lost when it ends. */
record PlainLoop() implements Contestant {
    private static final double DISCOUNT = 0.99;
    private static final int KEPT_BYTES = 1 << 12;

    @Override
    public String name() {
        return "plain loop";
    }

    @Override
    public Run run(Stadium stadium) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", stadium.bootstrapServers());
        properties.setProperty("max.poll.records", "5000");
        ExperienceDecoder decoder = new ExperienceDecoder();
        LearningRate rate = new LearningRate.Polynomial(0.7);
        SourceRecords record = new SourceRecords();
        TransitionBatch transition = new TransitionBatch();
        Map<StateKey, QRow> table = new HashMap<>();
        long total = stadium.setting().experiences();
        long applied = 0;
        long start = 0;
        long startCount = 0;
        long end = 0;
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partitions = consumer.partitionsFor(Topics.EXPERIENCES).stream()
                    .map(partition -> new TopicPartition(Topics.EXPERIENCES, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (applied < total) {
                for (ConsumerRecord<byte[], byte[]> consumed : consumer.poll(Duration.ofMillis(100))) {
                    record.clear(KEPT_BYTES);
                    record.add(
                            consumed.partition(),
                            consumed.offset(),
                            consumed.timestamp(),
                            consumed.key(),
                            consumed.value());
                    record.next();
                    decoder.decode(record);
                    transition.clear(KEPT_BYTES);
                    decoder.addTo(transition);
                    transition.next();
                    learn(
                            table,
                            transition,
                            decoder.nextState(),
                            rate,
                            stadium.setting().actions());
                    applied++;
                }
                end = System.nanoTime();
                if (start == 0 && applied >= stadium.setting().skipped()) {
                    start = end;
                    startCount = applied;
                }
            }
        }
        Lap lap = new Lap(applied - startCount, end - start);
        return new Run(lap, visits(table, stadium.setting()));
    }

    private static void learn(
            Map<StateKey, QRow> table, TransitionBatch transition, KeyWords nextState, LearningRate rate, int actions) {
        QRow row = table.computeIfAbsent(transition.state(), state -> QRow.untouched(1, actions, 0));
        double target = transition.reward();
        if (!transition.terminated()) {
            QRow next = table.get(nextState.toKey());
            target += DISCOUNT * (next == null ? 0 : next.bestLegalValue());
        }
        TemporalDifference.update(row, 0, transition.action(), target, rate);
        row.chooseGreedy(0);
    }

    private static Visits visits(Map<StateKey, QRow> table, Setting setting) {
        Visits visits = new Visits(setting.states(), setting.actions());
        table.forEach((state, row) -> {
            for (int action = 0; action < row.actions(); action++) {
                visits.add(state.bytes(), action, row.visits(action));
            }
        });
        return visits;
    }
}
