package io.streamq.benchmarks;

import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Experience;
import java.util.Properties;
import java.util.SplittableRandom;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Experiences of a world that costs nothing to simulate: states and actions drawn uniformly, each pair with a mean reward
 * of its own and some noise, one step in twenty terminal.
 *
 * @param experiences how many
 * @param states in how many states
 * @param actions of how many actions
 * @param seed of the draws
 */
record Workload(long experiences, int states, int actions, long seed) {
    private static final double TERMINAL_SHARE = 0.05;
    private static final double NOISE = 0.2;

    /** Publishes all of it, spread evenly over partitions. */
    void publish(String bootstrapServers, String topic, int partitions) throws InterruptedException {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", bootstrapServers);
        properties.setProperty("linger.ms", "20");
        properties.setProperty("batch.size", "262144");
        properties.setProperty("buffer.memory", "134217728");
        AvroCodec<Experience> codec = AvroCodec.experience();
        SplittableRandom random = new SplittableRandom(seed);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (long i = 0; i < experiences; i++) {
                byte[] value = codec.encode(draw(random));
                var unused = producer.send(new ProducerRecord<>(topic, (int) (i % partitions), null, value));
            }
            producer.flush();
        }
    }

    private Experience draw(SplittableRandom random) {
        int state = random.nextInt(states);
        int action = random.nextInt(actions);
        return Experience.newBuilder()
                .setState(name(state))
                .setAction(action)
                .setReward(meanReward(state, action) + NOISE * (random.nextDouble() - 0.5))
                .setNextState(name(random.nextInt(states)))
                .setTerminated(random.nextDouble() < TERMINAL_SHARE)
                .build();
    }

    /** Actions differ, as in any problem worth learning: a fixed number in [0, 1) for each. */
    private static double meanReward(int state, int action) {
        return new SplittableRandom(31L * state + action).nextDouble();
    }

    /** Eight characters, whatever the number. */
    private static String name(int state) {
        return Integer.toString(10_000_000 + state);
    }
}
