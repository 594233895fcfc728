package io.streamq.benchmarks.latency;

import io.streamq.cli.job.LocalJob;
import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.terminal.Quantities;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * One job at one rate, from start to end, on its own topics.
 *
 * @param work for Flink's files
 */
record LatencyTrial(String bootstrapServers, int parallelism, Course course, Path work) {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long PAUSE_NANOS = 50_000;

    /** Topics of a trial. */
    record Route(String experiences, String answers, String deadLetters) {
        static Route of(String name) {
            return new Route(name + ".experiences", name + ".answers", name + ".dead-letters");
        }
    }

    /** A job to measure. */
    interface Candidate {
        String name();

        LocalJob start(Route route, int parallelism, Path work) throws InterruptedException;

        /** Checks the last answer of a state, of which {@code experiences} were sent and as many answered. */
        void check(byte[] lastAnswer, long experiences) throws Exception;
    }

    /**
     * Runs the trial.
     *
     * @return nanoseconds from the intended time of each measured experience until its answer could be read
     */
    Histogram run(Candidate candidate, String name, double perSecond, Duration warmUp, Duration measured)
            throws Exception {
        Route route = Route.of(name);
        create(route);
        try (KafkaProducer<byte[], byte[]> producer = producer();
                Listener listener = new Listener(bootstrapServers, route.answers(), parallelism, course);
                LocalJob job = candidate.start(route, parallelism, work)) {
            // Each state once, so that rows exist, connections are open, and the job runs.
            for (long experience = 0; experience < course.states(); experience++) {
                send(producer, route, experience);
            }
            await(listener, course.states(), job, candidate);
            long first = course.states();
            long firstMeasured = first + (long) (perSecond * warmUp.toMillis() / 1e3);
            long end = firstMeasured + (long) (perSecond * measured.toMillis() / 1e3);
            Schedule schedule = new Schedule(first, System.nanoTime(), perSecond, firstMeasured, end);
            listener.expect(schedule);
            send(producer, route, schedule);
            await(listener, end, job, candidate);
            listener.close();
            if (listener.received() != end) {
                throw new CommandFailure(
                        candidate.name() + " must answer each of " + end + " experiences once: it gave "
                                + listener.received() + " answers; what was measured means nothing");
            }
            for (int state = 0; state < course.states(); state++) {
                candidate.check(listener.last(state), listener.answers(state));
            }
            return listener.nanos();
        }
    }

    private void send(KafkaProducer<byte[], byte[]> producer, Route route, Schedule schedule)
            throws InterruptedException {
        long next = schedule.first();
        while (next < schedule.end()) {
            for (long due = schedule.due(System.nanoTime()); next < due; next++) {
                send(producer, route, next);
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void send(KafkaProducer<byte[], byte[]> producer, Route route, long experience) {
        int partition = course.state(experience) % parallelism;
        var unused = producer.send(
                new ProducerRecord<>(route.experiences(), partition, course.key(experience), course.value(experience)));
    }

    private static void await(Listener listener, long answers, LocalJob job, Candidate candidate)
            throws InterruptedException {
        long movedAt = System.nanoTime();
        long before = listener.received();
        while (before < answers) {
            Thread.sleep(10);
            job.requireUnbroken();
            long received = listener.received();
            if (received != before) {
                movedAt = System.nanoTime();
            } else if (System.nanoTime() - movedAt > PATIENCE.toNanos()) {
                throw new CommandFailure(candidate.name() + " answered " + Quantities.count(received) + " of "
                        + Quantities.count(answers, "experience")
                        + " and has been silent since; --log-file FILE shows what Flink and Kafka say");
            }
            before = received;
        }
    }

    private void create(Route route) throws InterruptedException {
        try (Admin admin = Admin.create(clients())) {
            List<NewTopic> topics = Stream.of(route.experiences(), route.answers(), route.deadLetters())
                    .map(topic -> new NewTopic(topic, parallelism, (short) 1))
                    .toList();
            admin.createTopics(topics).all().get();
        } catch (ExecutionException e) {
            throw new CommandFailure("the topics of the trial cannot be created (" + e.getCause() + ")", e);
        }
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Properties properties = clients();
        // Little, and the same for all: the producer is not measured.
        properties.setProperty("linger.ms", "1");
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private Properties clients() {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", bootstrapServers);
        return properties;
    }
}
