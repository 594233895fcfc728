package io.streamq.benchmarks.latency;

import io.streamq.benchmarks.workload.Workload;
import io.streamq.cli.program.CommandFailure;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Reads answers as an agent would, on its own thread, and records how long after its experience's intended time each could
 * be read.
 */
final class Listener implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final long MOST_NANOS = Duration.ofMinutes(10).toNanos();
    private static final int DIGITS = 3;

    private final Course course;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread = new Thread(this::listen, "latency-listener");
    private final AtomicLong received = new AtomicLong();
    private final AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
    private final Histogram nanos = new Histogram(MOST_NANOS, DIGITS);
    private final long[] answersOfState;
    private final byte[][] lastOfState;
    /** Gives the intended times of experiences, once they have any. */
    private volatile @Nullable Schedule schedule;

    Listener(String bootstrapServers, String topic, int partitions, Course course) {
        this.course = course;
        answersOfState = new long[course.states()];
        lastOfState = new byte[course.states()][];
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", bootstrapServers);
        properties.setProperty("max.poll.records", "10000");
        consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        List<TopicPartition> all = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        consumer.assign(all);
        consumer.seekToBeginning(all);
        thread.setDaemon(true);
        thread.start();
    }

    private void listen() {
        try (consumer) {
            while (!Thread.currentThread().isInterrupted()) {
                var answers = consumer.poll(POLL);
                long now = System.nanoTime();
                answers.forEach(answer -> note(answer, now));
                received.addAndGet(answers.count());
            }
        } catch (WakeupException closed) {
            return;
        } catch (RuntimeException e) {
            failure.set(e);
        }
    }

    private void note(ConsumerRecord<byte[], byte[]> answer, long now) {
        int state = Workload.stateOf(answer.key());
        long experience = course.answered(state, answersOfState[state]++);
        lastOfState[state] = answer.value();
        Schedule times = schedule;
        if (times != null && times.measures(experience)) {
            long waited = now - times.intendedNanos(experience);
            if (waited < 0) {
                throw new CommandFailure("an experience of state " + state
                        + " was answered before it was due: there are more answers than experiences");
            }
            nanos.recordValue(Math.min(MOST_NANOS, waited));
        }
    }

    /** Sets the intended times of experiences from now on. */
    void expect(Schedule times) {
        schedule = times;
    }

    /** Answers so far. */
    long received() {
        RuntimeException thrown = failure.get();
        if (thrown != null) {
            throw thrown;
        }
        return received.get();
    }

    /** What was measured, once it is closed. */
    Histogram nanos() {
        return nanos;
    }

    /** Answers of a state, once it is closed. */
    long answers(int state) {
        return answersOfState[state];
    }

    /** The last answer of a state, once it is closed. */
    byte[] last(int state) {
        return lastOfState[state];
    }

    @Override
    public void close() throws InterruptedException {
        consumer.wakeup();
        thread.join();
    }
}
