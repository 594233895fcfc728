package io.streamq.cli.cluster;

import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Experience;
import io.streamq.schemas.Topics;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Sends made-up experience, good and now and then bad, and counts what it sent. */
final class ExperienceFeed implements AutoCloseable {
    static final int STATES = 500;
    static final int ACTIONS = 4;

    private static final double END = 0.05;
    private static final double BAD = 0.01;
    private static final int TICK_MILLIS = 20;
    /** It waits as long for a broker as agents do. */
    private static final String OUTAGE = "600000";

    private final AvroCodec<Experience> codec = AvroCodec.experience();
    private final KafkaProducer<byte[], byte[]> producer;
    private final SplittableRandom random;
    private final ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor();
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private long valid;

    ExperienceFeed(String bootstrapServers) {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        random = new SplittableRandom(seed);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers, "delivery.timeout.ms", OUTAGE, "max.block.ms", OUTAGE),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /** Sends experience in the background for as long as the action takes. */
    void during(Action action, int perSecond) throws Exception {
        ScheduledFuture<?> sending = ticks.scheduleAtFixedRate(
                () -> send(perSecond * TICK_MILLIS / 1000), 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
        try {
            action.run();
        } finally {
            sending.cancel(false);
            flush();
        }
    }

    /** What is done meanwhile. */
    interface Action {
        void run() throws Exception;
    }

    synchronized void send(int experiences) {
        for (int i = 0; i < experiences; i++) {
            boolean bad = random.nextDouble() < BAD;
            Future<?> unused = producer.send(
                    new ProducerRecord<>(Topics.EXPERIENCES, codec.encode(experience(bad))), (sent, thrown) -> {
                        if (thrown != null) {
                            failure.set(thrown);
                        }
                    });
            valid += bad ? 0 : 1;
        }
    }

    private Experience experience(boolean bad) {
        boolean terminated = random.nextDouble() < END;
        return Experience.newBuilder()
                .setState("s" + random.nextInt(STATES))
                .setAction(random.nextInt(ACTIONS))
                .setReward(bad ? Double.NaN : random.nextDouble(-1, 1))
                .setNextState(terminated ? null : "s" + random.nextInt(STATES))
                .setTerminated(terminated)
                .build();
    }

    /** Waits until the broker has all. */
    synchronized void flush() {
        producer.flush();
        Exception thrown = failure.get();
        if (thrown != null) {
            throw new AssertionError("an experience was not taken", thrown);
        }
    }

    /** Good experiences sent so far. */
    synchronized long valid() {
        return valid;
    }

    @Override
    public void close() {
        ticks.shutdownNow();
        producer.close();
    }
}
