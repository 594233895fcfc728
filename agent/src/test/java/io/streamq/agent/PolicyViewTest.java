package io.streamq.agent;

import static io.streamq.agent.PolicyUpdates.key;
import static io.streamq.agent.PolicyUpdates.update;
import static io.streamq.agent.PolicyUpdates.value;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import io.streamq.schemas.PolicyUpdate;
import io.streamq.schemas.TombstoneHeaders;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PolicyViewTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SOON = Duration.ofMillis(10);
    private static final PolicyViewSettings SETTINGS =
            PolicyViewSettings.of("broker:9092", "lake").withTopic("policy-of-test");
    private static final TopicPartition PARTITION = new TopicPartition("policy-of-test", 0);

    private final FailingConsumer consumer = new FailingConsumer();

    /** Fails in the ways of Kafka's consumer that the mock does not know. */
    private static final class FailingConsumer extends MockConsumer<byte[], byte[]> {
        private @Nullable KafkaException unreadable;
        private int timesUnheardOf;

        FailingConsumer() {
            super("earliest");
        }

        /** It has fetched what it cannot read, and fails at it until the partitions are taken from it. */
        synchronized void hasFetched(KafkaException whatItSays) {
            unreadable = whatItSays;
        }

        /** The broker that is asked for the topic has just started, and hears of it after it was asked so often. */
        synchronized void asksABrokerThatHearsOfTheTopicLate(int times) {
            timesUnheardOf = times;
        }

        @Override
        public synchronized List<PartitionInfo> partitionsFor(String topic) {
            return timesUnheardOf-- > 0 ? List.of() : super.partitionsFor(topic);
        }

        @Override
        public synchronized ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
            if (unreadable != null) {
                throw unreadable;
            }
            return super.poll(timeout);
        }

        @Override
        public synchronized void assign(Collection<TopicPartition> partitions) {
            if (partitions.isEmpty()) {
                unreadable = null;
            }
            super.assign(partitions);
        }
    }

    /** A topic whose end lies at {@code end} when the view begins. */
    private void topicEndsAt(long end) {
        Node[] replicas = {new Node(0, "broker", 9092)};
        consumer.updatePartitions(
                PARTITION.topic(), List.of(new PartitionInfo(PARTITION.topic(), 0, replicas[0], replicas, replicas)));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, end));
    }

    private void arrives(long offset, PolicyUpdate update) {
        consumer.schedulePollTask(() ->
                consumer.addRecord(new ConsumerRecord<>(PARTITION.topic(), 0, offset, key(update), value(update))));
    }

    private PolicyView open() {
        return open(policy -> {});
    }

    private PolicyView open(PolicyListener listener) {
        return new PolicyView(SETTINGS, listener, consumer, SOON, SOON);
    }

    /** Else it would follow all policies, by other keys, and never find a state. */
    @Test
    void whoNamesNoPolicyIsToldHowToFollowAll() {
        assertThatNullPointerException()
                .isThrownBy(() -> PolicyViewSettings.of("broker:9092", null))
                .withMessageContaining(
                        "policyId must name the policy to follow: got null; to follow all, take ofAllPolicies");
    }

    @Test
    void anEmptyTopicIsCaughtUpWithAtOnce() throws Exception {
        topicEndsAt(0);
        try (PolicyView view = open()) {
            view.awaitCaughtUp(PATIENCE);
            assertThat(view.size()).isZero();
            assertThat(view.lookup("s")).isNull();
        }
    }

    @Test
    void whoeverWaitsForEverIsDoneOnceCaughtUp() throws Exception {
        topicEndsAt(0);
        try (PolicyView view = open()) {
            view.awaitCaughtUp(ChronoUnit.FOREVER.getDuration());
            assertThat(view.size()).isZero();
        }
    }

    @Test
    void whatStoodOnTheTopicIsKnownOnceCaughtUp() throws Exception {
        topicEndsAt(2);
        arrives(0, update("a", 1, 1, 0, 1.0));
        arrives(1, update("b", 1, 1, 0, 1.0));
        try (PolicyView view = open()) {
            view.awaitCaughtUp(PATIENCE);
            assertThat(view.snapshot()).containsOnlyKeys("a", "b");
            assertThat(view.updatesReceived()).isEqualTo(2);
        }
    }

    @Test
    void theViewGoesOnToFollowAfterItCaughtUp() throws Exception {
        topicEndsAt(0);
        try (PolicyView view = open()) {
            view.awaitCaughtUp(PATIENCE);
            arrives(0, update("late", 1, 1, 0, 1.0));
            await().until(() -> view.lookup("late") != null);
        }
    }

    @Test
    void updatesOfALaterReleaseAreNotPassedOverSilently() {
        topicEndsAt(2);
        arrives(0, update("a", 1, 1, 0, 1.0));
        PolicyUpdate later = update("b", 1, 1, 0, 1.0);
        byte[] value = value(later);
        value[5] ^= 1; // of the schema's fingerprint
        consumer.schedulePollTask(
                () -> consumer.addRecord(new ConsumerRecord<>(PARTITION.topic(), 0, 1, key(later), value)));
        try (PolicyView view = open()) {
            assertThatThrownBy(() -> view.awaitCaughtUp(PATIENCE))
                    .isInstanceOf(PolicyUnavailableException.class)
                    .hasMessageContaining(
                            "topic 'policy-of-test' holds updates of a schema that this library does not know (1)")
                    .hasMessageContaining("later release");
            assertThat(view.lookup("a")).isNotNull();
            assertThat(view.recordsRejected()).isOne();
        }
    }

    @Test
    void aTombstoneSaysByItsHeaderWhichAttemptItIsOf() throws Exception {
        topicEndsAt(3);
        arrives(0, update("a", 5, 1, 0, 1.0));
        arrives(1, update("b", 5, 1, 0, 1.0));
        consumer.schedulePollTask(() -> {
            for (String state : List.of("a", "b")) {
                ConsumerRecord<byte[], byte[]> tombstone = new ConsumerRecord<>(
                        PARTITION.topic(), 0, state.equals("a") ? 2 : 3, key(update(state, 5, 1, 0, 1.0)), null);
                tombstone.headers().add(TombstoneHeaders.EPOCH, (state.equals("a") ? "4" : "5").getBytes(UTF_8));
                consumer.addRecord(tombstone);
            }
        });
        try (PolicyView view = open()) {
            view.awaitCaughtUp(PATIENCE);
            await().until(() -> view.lookup("b") == null);
            assertThat(view.lookup("a")).isNotNull();
        }
    }

    @Test
    void anUnreachableBrokerIsWaitedFor() throws Exception {
        topicEndsAt(1);
        consumer.schedulePollTask(() -> consumer.setPollException(new TimeoutException("the broker is away")));
        arrives(0, update("a", 1, 1, 0, 1.0));
        try (PolicyView view = open()) {
            view.awaitCaughtUp(PATIENCE);
            assertThat(view.lookup("a")).isNotNull();
        }
    }

    @Test
    void aMissingTopicIsASentenceThatSaysWhatToRun() {
        try (PolicyView view = open()) {
            assertThatThrownBy(() -> view.awaitCaughtUp(PATIENCE))
                    .isInstanceOf(PolicyUnavailableException.class)
                    .hasMessageContaining("'policy-of-test'")
                    .hasMessageContaining("streamq topics create");
        }
    }

    @Test
    void aTopicThatABrokerHasNotHeardOfYetIsAskedForAgain() throws Exception {
        topicEndsAt(1);
        consumer.asksABrokerThatHearsOfTheTopicLate(2);
        arrives(0, update("a", 1, 1, 0, 1.0));
        try (PolicyView view = open()) {
            view.awaitCaughtUp(PATIENCE);
            assertThat(view.lookup("a")).isNotNull();
        }
    }

    @Test
    void whatWaitingCannotHealIsThrownByLookup() {
        topicEndsAt(1);
        consumer.schedulePollTask(() -> consumer.setPollException(new TopicAuthorizationException("not for you")));
        try (PolicyView view = open()) {
            assertThatThrownBy(() -> view.awaitCaughtUp(PATIENCE)).hasMessageContaining("not for you");
            assertThatThrownBy(() -> view.lookup("a")).isInstanceOf(PolicyUnavailableException.class);
        }
    }

    @Test
    void aViewThatIsRefusedAfterItCaughtUpAnswersWithWhatItKnowsAndTriesAgain() throws Exception {
        topicEndsAt(1);
        arrives(0, update("a", 1, 1, 0, 1.0));
        try (PolicyView view = open()) {
            view.awaitCaughtUp(PATIENCE);
            CountDownLatch refused = new CountDownLatch(1);
            consumer.schedulePollTask(() -> {
                consumer.setPollException(new TopicAuthorizationException("not any more"));
                refused.countDown();
            });
            arrives(1, update("b", 1, 1, 0, 1.0));
            assertThat(refused.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(view.lookup("a")).isNotNull();
            await().until(() -> view.lookup("b") != null);
        }
    }

    @Test
    void whatCannotBeReadOnceCaughtUpIsFetchedAnewFromWhereTheViewStood() throws Exception {
        topicEndsAt(1);
        arrives(0, update("a", 1, 1, 0, 1.0));
        try (PolicyView view = open()) {
            view.awaitCaughtUp(PATIENCE);
            consumer.hasFetched(new KafkaException("the checksum is wrong"));
            arrives(0, update("read before", 1, 1, 0, 1.0));
            arrives(1, update("b", 1, 1, 0, 1.0));
            await().until(() -> view.lookup("b") != null);
            assertThat(view.snapshot()).containsOnlyKeys("a", "b");
        }
    }

    @Test
    void whatCannotBeReadBeforeItCaughtUpEndsTheView() {
        topicEndsAt(1);
        try (PolicyView view = open()) {
            consumer.hasFetched(new KafkaException("the checksum is wrong"));
            assertThatThrownBy(() -> view.awaitCaughtUp(PATIENCE))
                    .isInstanceOf(PolicyUnavailableException.class)
                    .hasMessageContaining("the checksum is wrong")
                    .hasMessageContaining("open a new PolicyView");
        }
    }

    @Test
    void aListenerThatFailsEndsTheViewEvenIfItIsKafkaThatFailedIt() throws Exception {
        topicEndsAt(0);
        PolicyListener failing = policy -> {
            throw new TimeoutException("its own broker is away");
        };
        try (PolicyView view = open(failing)) {
            view.awaitCaughtUp(PATIENCE);
            arrives(0, update("a", 1, 1, 0, 1.0));
            await().untilAsserted(() -> assertThatThrownBy(() -> view.lookup("a"))
                    .isInstanceOf(PolicyUnavailableException.class)
                    .hasMessageContaining("its own broker is away"));
        }
    }

    @Test
    void notCatchingUpInTimeIsAnException() {
        topicEndsAt(1);
        try (PolicyView view = open()) {
            assertThatThrownBy(() -> view.awaitCaughtUp(Duration.ofMillis(50)))
                    .isInstanceOf(PolicyUnavailableException.class)
                    .hasMessageContaining("broker:9092");
        }
    }

    @Test
    void closingEndsTheThreadAndKeepsWhatIsKnown() throws Exception {
        topicEndsAt(1);
        arrives(0, update("a", 1, 1, 0, 1.0));
        PolicyView view = open();
        view.awaitCaughtUp(PATIENCE);
        view.close();
        assertThat(consumer.closed()).isTrue();
        assertThat(view.lookup("a")).isNotNull();
        view.close();
    }

    @Test
    void aLookupAllocatesNothing() throws Exception {
        topicEndsAt(1);
        arrives(0, update("known", 1, 1, 0, 1.0));
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (PolicyView view = open()) {
            view.awaitCaughtUp(PATIENCE);
            String[] states = {"known", "unknown"};
            int found = 0;
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1_000_000; i++) {
                found += view.lookup(states[i & 1]) == null ? 0 : 1;
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertThat(found).isEqualTo(500_000);
            // One byte a lookup would be a million; asking for the figure may cost a few.
            assertThat(allocated).isLessThan(1_000);
        }
    }
}
