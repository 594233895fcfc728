package io.streamq.benchmarks.workload;

import io.streamq.cli.program.CommandFailure;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Experience;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongToIntFunction;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Experiences of a world that costs nothing to simulate: states drawn by their skew and actions uniformly, each pair with a mean
 * reward of its own and some noise, one step in twenty terminal.
 *
 * @param stateBytes of a state's name, in UTF-8
 * @param partitions of the topic
 */
public record Workload(long experiences, int states, int actions, int stateBytes, Skew skew, int partitions) {
    /** Of a state's name: all digits of the greatest number. */
    public static final int LEAST_STATE_BYTES = 8;

    private static final int SEED = 1;
    private static final double TERMINAL_SHARE = 0.05;
    private static final double NOISE = 0.2;
    private static final int FIRST_NAME = 10_000_000;

    /**
     * Publishes all experiences, spread evenly over partitions.
     *
     * @param timesRead how often the record at an offset will be read
     * @return the visits in a table that learns from all that is read
     */
    public Visits publish(String bootstrapServers, String topic, LongToIntFunction timesRead)
            throws InterruptedException {
        Visits visits = new Visits(states, actions);
        AvroCodec<Experience> codec = AvroCodec.experience();
        SplittableRandom random = new SplittableRandom(SEED);
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer = producer(bootstrapServers)) {
            for (long i = 0; i < experiences; i++) {
                int state = skew.draw(random, states);
                int action = random.nextInt(actions);
                byte[] value = codec.encode(experience(state, action, random));
                var unused = producer.send(
                        new ProducerRecord<>(topic, (int) (i % partitions), null, value), (sent, thrown) -> {
                            if (thrown != null) {
                                failure.set(thrown);
                            }
                        });
                visits.add(state, action, timesRead.applyAsInt(i / partitions));
                if ((i & 0xFFF) == 0 && Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            producer.flush();
        }
        Exception thrown = failure.get();
        if (thrown != null) {
            throw new CommandFailure("the broker did not accept an experience (" + thrown.getMessage() + ")", thrown);
        }
        return visits;
    }

    /** A producer for bulk writes. */
    public static KafkaProducer<byte[], byte[]> producer(String bootstrapServers) {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", bootstrapServers);
        properties.setProperty("linger.ms", "20");
        properties.setProperty("batch.size", "262144");
        properties.setProperty("buffer.memory", "134217728");
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private Experience experience(int state, int action, SplittableRandom random) {
        return Experience.newBuilder()
                .setState(name(state, stateBytes))
                .setAction(action)
                .setReward(meanReward(state, action) + NOISE * (random.nextDouble() - 0.5))
                .setNextState(name(skew.draw(random, states), stateBytes))
                .setTerminated(random.nextDouble() < TERMINAL_SHARE)
                .build();
    }

    /** A fixed number in [0, 1) for each pair, so that actions differ, as in any problem worth learning. */
    private static double meanReward(int state, int action) {
        return new SplittableRandom(31L * state + action).nextDouble();
    }

    /** A name of exactly {@code bytes} characters, whatever the number. */
    public static String name(int state, int bytes) {
        return "0".repeat(bytes - LEAST_STATE_BYTES) + (FIRST_NAME + state);
    }

    /** The state whose name a key ends with. */
    public static int stateOf(byte[] key) {
        int number = 0;
        for (int i = key.length - LEAST_STATE_BYTES; i < key.length; i++) {
            number = 10 * number + key[i] - '0';
        }
        return number - FIRST_NAME;
    }
}
