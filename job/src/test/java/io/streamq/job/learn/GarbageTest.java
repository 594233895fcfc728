package io.streamq.job.learn;

import static io.streamq.job.learn.ShardHarness.step;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.streamq.job.decode.ExperienceDecoder;
import io.streamq.job.policy.PolicyConfigs;
import io.streamq.job.policy.PolicyRulesReader;
import io.streamq.job.record.KeyCursor;
import io.streamq.job.record.SourceRecords;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.TransitionBatch;
import io.streamq.learning.BootstrapChoice;
import io.streamq.learning.QRow;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Experience;
import io.streamq.schemas.UpdateReason;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;
import org.junit.jupiter.api.Test;

/**
 * What is done for every experience leaves no garbage, where rows are on the heap, keys are short and ASCII, and nothing is told of
 * legal actions or limited; nor does what is announced, up to the client's own record.
 */
class GarbageTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int STATES = 100;
    private static final int EXPERIENCES = 20_000;
    /** The first ones are interpreted, and interpreting makes objects. */
    private static final int ROUNDS = 40;

    private static StateKey key(int i) {
        return StateKey.of("p", "s" + i % STATES);
    }

    /** Of the least round, so that what the JVM does once in a while does not count. */
    private static double bytesOfAnExperience(Callable<?> round) throws Exception {
        long thread = Thread.currentThread().getId();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            long before = THREADS.getThreadAllocatedBytes(thread);
            round.call();
            least = Math.min(least, THREADS.getThreadAllocatedBytes(thread) - before);
        }
        return (double) least / EXPERIENCES;
    }

    @Test
    void decodingLeavesNone() throws Exception {
        SourceRecords records = new SourceRecords();
        for (int i = 0; i < STATES; i++) {
            Experience experience = Experience.newBuilder()
                    .setState("s" + i)
                    .setAction(i % 3)
                    .setReward(i)
                    .setNextState("s" + (i + 1))
                    .setTerminated(i % 7 == 0)
                    .setAgentId("agent")
                    .setEpisodeId("episode")
                    .setStep((long) i)
                    .build();
            records.add(0, i, 0, null, AvroCodec.experience().encode(experience));
        }
        ExperienceDecoder decoder = new ExperienceDecoder();
        TransitionBatch batch = new TransitionBatch();
        long[] decoded = new long[1];
        assertThat(bytesOfAnExperience(() -> {
                    for (int i = 0; i < EXPERIENCES; i++) {
                        if (i % STATES == 0) {
                            decoded[0] += batch.count();
                            batch.clear(1 << 20);
                            records.rewind();
                        }
                        records.next();
                        decoder.decode(records);
                        decoder.addTo(batch);
                        if (decoder.bootstraps() && i % 2 == 0) { // half of them take the first hop
                            batch.addNextState(decoder.nextState());
                        }
                    }
                    return batch;
                }))
                .isLessThan(0.1);
        assertThat(decoded[0] + batch.count()).isEqualTo((long) ROUNDS * EXPERIENCES);
    }

    @Test
    void attachingTheSuccessorsValueAndBatchingLeaveNone() throws Exception {
        SuccessorView view = new SuccessorView();
        TransitionBatch sent = new TransitionBatch();
        for (int i = 0; i < STATES; i++) {
            var unused = view.add(key(i), 0, BootstrapChoice.ONLY, new double[] {i}, 1);
            step("s" + i, 0, 0, i % 2 == 0 ? "s" + (i + 1) : "unseen").addTo(sent);
        }
        SuccessorLookup successors = new SuccessorLookup(new UnregisteredMetricsGroup());
        long[] batched = new long[1];
        KeyGroupBatches toLearn = new KeyGroupBatches(128, batch -> batched[0] += batch.count());
        assertThat(bytesOfAnExperience(() -> {
                    for (int i = 0; i < EXPERIENCES / STATES; i++) {
                        for (sent.rewind(); successors.addAhead(sent, view) > 0; successors.clear()) {
                            successors.prefetch();
                            for (int j = 0; j < successors.count() && sent.next(); j++) {
                                double value = successors.valueOf(j, sent.identity(), sent.nextAction());
                                toLearn.add(sent, value, successors.generation());
                            }
                        }
                    }
                    return toLearn;
                }))
                .isLessThan(0.1);
        toLearn.send();
        assertThat(batched[0]).isEqualTo((long) ROUNDS * EXPERIENCES);
    }

    @Test
    void learningLeavesNoneWhileNothingIsAnnounced() throws Exception {
        try (ShardHarness shard = new ShardHarness(PolicyConfigs.halfway(), Backend.HASHMAP).open()) {
            TransitionBatch batch = new TransitionBatch();
            for (int i = 0; i < STATES; i++) {
                step("s" + i, 0, 1, "s" + (i + 1)).addTo(batch, 1, 0);
            }
            LearnOperator learn = (LearnOperator) shard.learn.getOperator();
            StreamRecord<TransitionBatch> element = new StreamRecord<>(batch);
            assertThat(bytesOfAnExperience(() -> {
                        for (int i = 0; i < EXPERIENCES / STATES; i++) {
                            batch.rewind();
                            learn.processElement1(element);
                        }
                        return learn;
                    }))
                    .isLessThan(0.1);
            assertThat(shard.announced()).as("each state once").hasSize(STATES);
            assertThat(shard.row("s1").visits(0)).isEqualTo((long) ROUNDS * EXPERIENCES / STATES);
        }
    }

    @Test
    void tellingReplicasWhatChangesLeavesNone() throws Exception {
        SuccessorView view = new SuccessorView();
        StateKey[] keys = new StateKey[STATES];
        for (int i = 0; i < STATES; i++) {
            keys[i] = key(i);
            var unused = view.add(keys[i], 0, BootstrapChoice.ONLY, new double[] {i}, 1);
        }
        Replica replica = Replica.of(new ShardId("graph", 0, 0), this, KeyGroupRange.of(0, 127));
        TestProcessingTimeService clock = new TestProcessingTimeService();
        long[] toldBytes = new long[1];
        Replicator replicator = new Replicator(view, 0, 2, new Replication(2 * STATES, 10), clock, changes -> {
            toldBytes[0] += changes.length();
            replica.apply(changes);
        });
        try {
            replicator.begin();
            long bytesOfAllStates = toldBytes[0];
            assertThat(bytesOfAnExperience(() -> {
                        for (int i = 0; i < EXPERIENCES; i++) {
                            replicator.changed(keys[i % STATES], 0, i);
                        }
                        return replicator;
                    }))
                    .isLessThan(0.1);
            clock.setCurrentTime(10);
            assertThat(toldBytes[0]).isEqualTo(bytesOfAllStates * (1 + ROUNDS * EXPERIENCES / STATES));
            assertThat(replica.rows()).isEqualTo(STATES);
        } finally {
            Replica.removeAllOf(this);
        }
    }

    @Test
    void announcingLeavesNone() throws Exception {
        AtomicLong announced = new AtomicLong();
        LearnMetrics metrics = new LearnMetrics(new UnregisteredMetricsGroup());
        ShardPolicy policy = new ShardPolicy(
                "p", PolicyRulesReader.read(PolicyConfigs.halfway().build()), metrics.ofPolicy("p"));
        Announcer announcer = new Announcer(
                change -> announced.addAndGet(change.key().length()),
                new TestProcessingTimeService(),
                metrics,
                1,
                null);
        KeyCursor key = new KeyCursor();
        key.fill(key(0));
        QRow row = QRow.untouched(1, 3, 0);
        row.chooseGreedy(0);
        announcer.learnt(key, row, policy);
        assertThat(bytesOfAnExperience(() -> {
                    for (int i = 0; i < EXPERIENCES; i++) {
                        announcer.announceAgain(key, row, policy, UpdateReason.VALUE_CHANGED);
                    }
                    return row;
                }))
                .isLessThan(0.1);
        assertThat(row.version()).isEqualTo(1 + (long) ROUNDS * EXPERIENCES);
        assertThat(announced).hasValue(row.version() * key.length());
    }
}
