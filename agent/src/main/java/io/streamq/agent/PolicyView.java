package io.streamq.agent;

import io.streamq.schemas.TombstoneHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The policy as it is announced, held in memory: a daemon thread reads the compacted policy topic from its beginning and then follows it while
 * the view is open. It joins no consumer group and commits no offsets, so any number of agents may follow and each sees everything.
 *
 * <p>While a broker is unreachable, the view waits and answers with what it knows. Once it has caught up it does so on any Kafka failure, such
 * as changed credentials or a bad broker disk: agents had better act on an old policy than on none. Until then a failure that waiting cannot
 * heal, such as a missing topic or a refused authorization, is thrown by {@link #awaitCaughtUp} and {@link #lookup}. Partitions added to the
 * topic later are not noticed. Thread-safe.
 */
public final class PolicyView implements Policy, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyView.class);
    private static final Duration POLL_TIMEOUT = Duration.ofMillis(500);
    private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);
    /** Where a retry may not help: longer, as all agents together load the broker. */
    private static final Duration LONG_PAUSE = Duration.ofSeconds(5);

    /** Total lookups of the topic, a {@link #RETRY_PAUSE} apart, before it counts as missing. */
    private static final int ASKED_FOR_TOPIC = 5;

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);
    private static final PolicyListener NOBODY = policy -> {};

    private final PolicyViewSettings settings;
    private final PolicyTable table;
    private final Consumer<byte[], byte[]> consumer;
    private final Duration retryPause;
    private final Duration longPause;
    private final Thread follower;
    private final CountDownLatch closing = new CountDownLatch(1);

    /** Opens when the thread caught up, failed, or ended because the view was closed. */
    private final CountDownLatch settled = new CountDownLatch(1);

    private volatile boolean caughtUp;
    private volatile @Nullable PolicyUnavailableException failure;

    /** Begins to follow; returns at once. */
    public PolicyView(PolicyViewSettings settings) {
        this(settings, NOBODY);
    }

    /** Begins to follow and tells {@code listener} of every change; returns at once. */
    public PolicyView(PolicyViewSettings settings, PolicyListener listener) {
        this(
                settings,
                listener,
                new KafkaConsumer<>(
                        consumerProperties(settings), new ByteArrayDeserializer(), new ByteArrayDeserializer()),
                RETRY_PAUSE,
                LONG_PAUSE);
    }

    PolicyView(
            PolicyViewSettings settings,
            PolicyListener listener,
            Consumer<byte[], byte[]> consumer,
            Duration retryPause,
            Duration longPause) {
        this.settings = settings;
        this.table = new PolicyTable(settings.policyId(), listener);
        this.consumer = consumer;
        this.retryPause = retryPause;
        this.longPause = longPause;
        this.follower = new Thread(this::follow, "streamq-policy-view");
        this.follower.setDaemon(true);
        this.follower.start();
    }

    static Map<String, Object> consumerProperties(PolicyViewSettings settings) {
        Map<String, Object> properties = new HashMap<>(settings.clientProperties());
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        // A topic that the broker auto-created would not be compacted.
        properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        // An exactly-once job aborts what a crash left behind; agents must never act on that.
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        return properties;
    }

    /**
     * Waits until everything that was on the topic when the view began has been read.
     *
     * @throws PolicyUnavailableException if that takes longer than {@code timeout}, the topic cannot be followed at all, or it holds updates
     *     that this library cannot read, so that the policy would be incomplete
     */
    public void awaitCaughtUp(Duration timeout) throws InterruptedException {
        boolean inTime = settled.await(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
        throwIfFailed();
        if (!inTime) {
            throw new PolicyUnavailableException(
                    "the policy topic '" + settings.topic() + "' must be read to its end within " + timeout + ": got "
                            + table.changes() + " updates so far; check that the brokers at "
                            + settings.bootstrapServers() + " can be reached, or wait longer",
                    null);
        }
        if (!caughtUp) {
            throw new PolicyUnavailableException("the view was closed before it had caught up", null);
        }
        if (table.unreadable() > 0) {
            throw new PolicyUnavailableException(
                    "the policy must be read in full: topic '" + settings.topic()
                            + "' holds updates of a schema that this library"
                            + " does not know (" + table.unreadable()
                            + "); the job is of a later release, so use that release of streamq-agent too",
                    null);
        }
    }

    /**
     * What is known of a state. Takes no lock and allocates nothing.
     *
     * @param state the state; {@code policyId/state} if the view follows all policies
     * @return {@code null} if nothing was announced for it
     * @throws PolicyUnavailableException if the view has failed and would never learn anything new
     */
    @Override
    public @Nullable StatePolicy lookup(String state) {
        throwIfFailed();
        return table.get(state);
    }

    /** How many states are known. */
    public int size() {
        return table.size();
    }

    /** Records that changed something: updates newer than what was known, and removals. */
    public long updatesReceived() {
        return table.changes();
    }

    /**
     * Records skipped because they are not policy updates, or are of a later release; the first of each kind is logged. Watch it: it grows
     * when the job is upgraded before its agents.
     */
    public long recordsRejected() {
        return table.rejections();
    }

    /** A copy of all that is known, keyed by what {@link #lookup} takes. */
    public Map<String, StatePolicy> snapshot() {
        return table.copy();
    }

    /** Stops following, waiting up to ten seconds for the thread to end. What is known stays readable. */
    @Override
    public void close() {
        closing.countDown();
        consumer.wakeup();
        try {
            follower.join(CLOSE_TIMEOUT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow() {
        try (consumer) {
            List<TopicPartition> partitions = partitions();
            Map<TopicPartition, Long> ends = patiently(() -> startAtBeginning(partitions));
            while (isOpen()) {
                patiently(this::poll).forEach(this::apply);
                if (!caughtUp && patiently(() -> hasReached(ends))) {
                    caughtUp = true;
                    settled.countDown();
                    LOG.info("Caught up with {} states of policy topic '{}'.", table.size(), settings.topic());
                }
            }
        } catch (WakeupException e) {
            LOG.debug("The policy view was closed.");
        } catch (PolicyUnavailableException e) {
            failure = e;
        } catch (RuntimeException | Error e) {
            failure = new PolicyUnavailableException(
                    "following the policy topic '" + settings.topic() + "' at " + settings.bootstrapServers()
                            + " failed and was given up: " + e + "; open a new PolicyView once the cause is removed",
                    e);
        } finally {
            settled.countDown();
        }
    }

    /** The client believes the one broker that it asks, and one that has just started or lags may not know the topic yet. */
    private List<TopicPartition> partitions() {
        for (int asked = 1; ; asked++) {
            @Nullable List<PartitionInfo> found = patiently(() -> consumer.partitionsFor(settings.topic()));
            if (found != null && !found.isEmpty()) {
                return found.stream()
                        .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                        .toList();
            }
            if (asked == ASKED_FOR_TOPIC) {
                throw new PolicyUnavailableException(
                        "the policy topic '" + settings.topic()
                                + "' must exist before a policy can be followed: the brokers at "
                                + settings.bootstrapServers() + " do not know it; run 'streamq topics create'",
                        null);
            }
            pause(retryPause, new UnknownTopicOrPartitionException("the broker that was asked does not know it"));
        }
    }

    private Map<TopicPartition, Long> startAtBeginning(List<TopicPartition> partitions) {
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        return consumer.endOffsets(partitions);
    }

    private ConsumerRecords<byte[], byte[]> poll() {
        try {
            return consumer.poll(POLL_TIMEOUT);
        } catch (WakeupException | InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            if (caughtUp) {
                forgetFetched();
            }
            throw e;
        }
    }

    /**
     * Makes the consumer fetch again from its position. It keeps a fetch that it cannot read, as when a checksum is wrong, and fails on it for
     * ever; it drops what it fetched only of partitions that are unassigned.
     */
    private void forgetFetched() {
        Map<TopicPartition, Long> positions = new HashMap<>();
        for (TopicPartition partition : List.copyOf(consumer.assignment())) {
            positions.put(partition, consumer.position(partition));
        }
        consumer.assign(List.of());
        consumer.assign(positions.keySet());
        positions.forEach(consumer::seek);
    }

    /** What a listener throws is not Kafka's, whatever its type: it must fail the view, not be retried. */
    private void apply(ConsumerRecord<byte[], byte[]> record) {
        try {
            table.apply(record.key(), record.value(), tombstoneEpoch(record));
        } catch (KafkaException e) {
            throw new IllegalStateException("the listener of the policy view failed: " + e, e);
        }
    }

    /** A tombstone that no client of ours wrote has no epoch, and is applied as it arrives. */
    private static long tombstoneEpoch(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(TombstoneHeaders.EPOCH);
        if (record.value() != null || header == null || header.value() == null) {
            return PolicyTable.NO_EPOCH;
        }
        try {
            return Long.parseLong(new String(header.value(), StandardCharsets.UTF_8));
        } catch (NumberFormatException notOurs) {
            return PolicyTable.NO_EPOCH;
        }
    }

    private boolean hasReached(Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    /** Retries while Kafka says that a retry may help, and once caught up whatever it says. */
    private <T> T patiently(Supplier<T> attempt) {
        while (true) {
            try {
                return attempt.get();
            } catch (WakeupException | InterruptException e) {
                throw e;
            } catch (RetriableException e) {
                pause(retryPause, e);
            } catch (KafkaException e) {
                if (!caughtUp) {
                    throw e;
                }
                pause(longPause, e);
            }
        }
    }

    private void pause(Duration pause, KafkaException cause) {
        // For a fetch that it cannot read, Kafka's client gives the reason only in the cause.
        String reason = cause.getCause() == null ? cause.toString() : cause + " (" + cause.getCause() + ")";
        LOG.warn("Policy topic '{}' cannot be read now, trying again: {}", settings.topic(), reason);
        try {
            if (closing.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new WakeupException();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("the thread of a policy view must not be interrupted: close the view", e);
        }
    }

    private boolean isOpen() {
        return closing.getCount() > 0;
    }

    private void throwIfFailed() {
        PolicyUnavailableException failed = failure;
        if (failed != null) {
            // A new one, so that the trace shows the caller too.
            throw new PolicyUnavailableException(String.valueOf(failed.getMessage()), failed);
        }
    }
}
