package io.streamq.agent;

import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Experience;
import io.streamq.schemas.Surrogates;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends experience to Kafka. It loses nothing silently: the producer is idempotent and waits for all in-sync replicas, a full buffer blocks
 * the caller, and the next call throws if experience could not be delivered in the end.
 *
 * <p>Records are batched for up to {@value #LINGER_MILLIS} ms and compressed with LZ4, which Kafka's client also has in pure Java. An outage
 * of up to ten minutes delays delivery; a longer one fails it. To the producer a missing topic is an outage: create topics first. One
 * request per broker is in flight: with several, a broker that is just becoming the leader of a partition can refuse the first batch and
 * accept the second, and the first, now out of sequence, is lost (<a
 * href="https://issues.apache.org/jira/browse/KAFKA-15591">KAFKA-15591</a>). Each of these is a default that {@link
 * PublisherSettings#clientProperties} may override. Thread-safe: agents of one process should share one.
 *
 * <p>A publisher opened while its login or TLS handshake is refused never delivers, even once the cause is gone, as Kafka's client forgets
 * to request its producer id (<a href="https://issues.apache.org/jira/browse/KAFKA-20237">KAFKA-20237</a>). The exception says so: close it
 * and open a new one.
 */
public final class ExperiencePublisher implements ExperienceSink, AutoCloseable {
    static final int LINGER_MILLIS = 10;
    private static final int OUTAGE_MILLIS = 600_000;
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

    private final AvroCodec<Experience> codec = AvroCodec.experience();
    private final PublisherSettings settings;
    private final Producer<byte[], byte[]> producer;
    private final LongAdder sent = new LongAdder();
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder failed = new LongAdder();

    /** The first delivery failure since the last one thrown; {@code null} if there is none. */
    private final AtomicReference<@Nullable Exception> unreported = new AtomicReference<>();

    private final AtomicBoolean closed = new AtomicBoolean();

    /** Connects in the background; returns at once. */
    public ExperiencePublisher(PublisherSettings settings) {
        this(
                settings,
                new KafkaProducer<>(
                        producerProperties(settings), new ByteArraySerializer(), new ByteArraySerializer()));
    }

    ExperiencePublisher(PublisherSettings settings, Producer<byte[], byte[]> producer) {
        this.settings = settings;
        this.producer = producer;
    }

    static Map<String, Object> producerProperties(PublisherSettings settings) {
        Map<String, Object> properties = new HashMap<>();
        properties.put(
                ProducerConfig.CLIENT_ID_CONFIG,
                settings.agentId() == null ? "streamq" : "streamq-" + settings.agentId());
        properties.put(ProducerConfig.LINGER_MS_CONFIG, LINGER_MILLIS);
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, OUTAGE_MILLIS);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, OUTAGE_MILLIS);
        properties.putAll(settings.clientProperties());
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        return properties;
    }

    /**
     * Hands an experience to the producer, waiting while its buffer is full. Its key is the experience's agentId, else the
     * publisher's, so that the experience of one agent stays in order; without either it has no key.
     *
     * @throws DeliveryFailedException if an earlier experience was lost; thrown once for all lost so far. This one was not
     *     accepted, and the publisher remains usable, unless its login was refused from the start
     * @throws IllegalArgumentException if a text of the experience has half a surrogate pair, which UTF-8 cannot write
     * @throws InterruptedException if interrupted while waiting; the experience was not accepted
     */
    @Override
    public void publish(Experience experience) throws InterruptedException {
        throwUnreported();
        requireText(experience);
        String agentId = experience.getAgentId() == null ? settings.agentId() : experience.getAgentId();
        byte @Nullable [] key = agentId == null ? null : agentId.getBytes(StandardCharsets.UTF_8);
        var record = new ProducerRecord<>(settings.topic(), key, codec.encode(experience));
        interruptibly(() -> {
            // The callback is told the same as the future.
            var unused = producer.send(record, this::delivered);
        });
        sent.increment();
    }

    private static void requireText(Experience experience) {
        requireText("policyId", experience.getPolicyId());
        requireText("agentId", experience.getAgentId());
        requireText("episodeId", experience.getEpisodeId());
        requireText("state", experience.getState());
        requireText("nextState", experience.getNextState());
    }

    private static void requireText(String field, @Nullable String text) {
        String violation = text == null ? null : Surrogates.violation(text);
        if (violation != null) {
            throw new IllegalArgumentException(field + " " + violation);
        }
    }

    /**
     * Waits until everything published has been acknowledged.
     *
     * @throws DeliveryFailedException if some of it was lost
     */
    public void flush() throws InterruptedException {
        interruptibly(producer::flush);
        throwUnreported();
    }

    /**
     * Waits up to thirty seconds for delivery of what was published, then closes, even if the thread is or gets interrupted, as that of a
     * stopping agent usually is. Closing again does nothing.
     *
     * @throws DeliveryFailedException if some of it was lost
     */
    @Override
    public void close() {
        close(CLOSE_TIMEOUT);
    }

    /**
     * Closes as {@link #close()} does, but waits no longer than {@code patience}. What is not confirmed by then counts as lost, though some of
     * it may be on the topic.
     *
     * @throws DeliveryFailedException if some of it was lost
     */
    public void close(Duration patience) {
        if (closed.compareAndSet(false, true)) {
            // Interrupted, Kafka's producer drops what is buffered; nobody interrupts a thread of its own.
            Executor ownThread = closing -> new Thread(closing, "streamq-publisher-close").start();
            // As milliseconds, of which Kafka wants no negative number, nor more than a long holds.
            Duration counted = Duration.ofMillis(Math.max(0, TimeUnit.MILLISECONDS.convert(patience)));
            try {
                CompletableFuture.runAsync(() -> producer.close(counted), ownThread)
                        .join();
            } catch (CompletionException e) {
                throw failure(e);
            }
            countUntold();
            throwUnreported();
        }
    }

    /** Experiences accepted by {@link #publish}. */
    public long sent() {
        return sent.sum();
    }

    /** Experiences that the brokers confirmed. */
    public long acknowledged() {
        return acknowledged.sum();
    }

    /** Experiences that could not be delivered. */
    public long failed() {
        return failed.sum();
    }

    private void delivered(@Nullable RecordMetadata metadata, @Nullable Exception cause) {
        if (cause == null) {
            acknowledged.increment();
        } else {
            failed.increment();
            unreported.compareAndSet(null, cause);
        }
    }

    /** Kafka's thread may have ended by an error that is no exception: then nobody is told what became of what was under way. */
    private void countUntold() {
        long untold = sent.sum() - acknowledged.sum() - failed.sum();
        if (untold > 0) {
            failed.add(untold);
            unreported.compareAndSet(
                    null,
                    new KafkaException("Kafka's client ended without saying what became of " + untold
                            + " of them; standard error may tell what ended its thread"));
        }
    }

    private void throwUnreported() {
        Exception cause = unreported.getAndSet(null);
        if (cause != null) {
            throw failure(cause);
        }
    }

    private DeliveryFailedException failure(Exception cause) {
        return new DeliveryFailedException(
                "experience could not be delivered to topic '" + settings.topic() + "' at "
                        + settings.bootstrapServers() + " (" + failed.sum() + " of " + sent.sum()
                        + " lost so far): " + cause + "; " + advice(cause),
                cause);
    }

    private String advice(Exception cause) {
        if (cause instanceof AuthenticationException && acknowledged.sum() == 0) {
            return "correct the login or the certificates, then close this publisher and open a new one: Kafka's client does"
                    + " not recover from that (KAFKA-20237)";
        }
        // A refused timestamp in a batch of several records is reported as the second.
        if (cause instanceof InvalidTimestampException || cause instanceof InvalidRecordException) {
            return "if the time was refused, correct this machine's clock, or set the topic's message.timestamp.type to"
                    + " LogAppendTime, as 'streamq topics create' does";
        }
        return "check that the brokers can be reached, that the topic exists ('streamq topics create') and that this client"
                + " may write to it";
    }

    /** Turns Kafka's unchecked exceptions into the two that callers know. */
    private void interruptibly(Runnable call) throws InterruptedException {
        try {
            call.run();
        } catch (InterruptException e) {
            // Kafka set the interrupt flag again; the InterruptedException replaces it.
            Thread.interrupted();
            throw (InterruptedException) new InterruptedException("interrupted while waiting for Kafka").initCause(e);
        } catch (KafkaException e) {
            throw failure(e);
        }
    }
}
