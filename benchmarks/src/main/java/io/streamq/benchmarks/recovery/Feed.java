package io.streamq.benchmarks.recovery;

import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Experience;
import io.streamq.schemas.Topics;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Experience that visits each state once, and then more at a steady rate. */
final class Feed implements AutoCloseable {
    static final int ACTIONS = 4;
    static final int PER_SECOND = 2_000;

    private static final int TICK_MILLIS = 10;

    private final AvroCodec<Experience> codec = AvroCodec.experience();
    private final SplittableRandom random = new SplittableRandom(1);
    private final ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor();
    private final KafkaProducer<byte[], byte[]> producer;
    private final int states;

    Feed(String bootstrapServers, int states) {
        this.states = states;
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "linger.ms", "5", "batch.size", "131072"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    void visitAll() {
        for (int state = 0; state < states; state++) {
            send(state);
        }
        producer.flush();
    }

    void drizzle() {
        var unused = ticks.scheduleAtFixedRate(
                () -> {
                    for (int i = 0; i < PER_SECOND * TICK_MILLIS / 1000; i++) {
                        send(random.nextInt(states));
                    }
                },
                0,
                TICK_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private void send(int state) {
        Experience experience = Experience.newBuilder()
                .setState(name(state))
                .setAction(random.nextInt(ACTIONS))
                .setReward(random.nextDouble())
                .setNextState(name(random.nextInt(states)))
                .setTerminated(false)
                .build();
        Future<?> unused = producer.send(new ProducerRecord<>(Topics.EXPERIENCES, codec.encode(experience)));
    }

    /** Eight characters, whatever the number. */
    private static String name(int state) {
        return Integer.toString(10_000_000 + state);
    }

    @Override
    public void close() {
        ticks.shutdownNow();
        producer.close();
    }
}
