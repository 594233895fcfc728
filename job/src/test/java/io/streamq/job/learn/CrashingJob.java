package io.streamq.job.learn;

import static io.streamq.job.learn.ShardHarness.MAX_PARALLELISM;

import io.streamq.job.options.JobOptions.Policies;
import io.streamq.job.record.PolicyChange;
import io.streamq.job.record.PolicyControl;
import io.streamq.job.record.SourceRecord;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.Transition;
import io.streamq.job.record.TransitionBatch;
import io.streamq.learning.QRow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.jspecify.annotations.Nullable;

/**
 * The learning part of a job in one thread, as chance would have it: experience of several partitions and configurations travel in
 * channels that keep their order and have none among each other, the clock goes on, tasks checkpoint, crash, and come back in
 * another number. What is sent to the policy topic stays there, whatever became of who sent it.
 */
final class CrashingJob implements AutoCloseable {
    private static final int MOST_TRANSITIONS_OF_A_BATCH = 40;
    private static final int MAX_SHARDS = 3;

    private final SplittableRandom random;
    private final Backend backend;
    private final Policies options;
    private final List<PolicyControl> initial;
    /** The experience topic, a list for each partition. */
    private final List<List<Transition>> partitions;
    /** The control topic. */
    private final List<PolicyControl> controls;
    /** The policy topic. */
    private final List<PolicyChange> topic = new ArrayList<>();

    private @Nullable Checkpoint checkpoint;
    private long nowMillis = 1_000_000;
    private int crashes;
    /** How many configurations were read by any shard of any attempt. */
    private int stampedControls;

    // Of the attempt that runs.
    private final List<ShardHarness> shards = new ArrayList<>();
    /** What a shard sent since the last checkpoint: a crash may lose the end of it. */
    private final List<List<PolicyChange>> unflushed = new ArrayList<>();
    /** For each partition and shard what is on its way to LEARN. */
    private final List<List<Deque<TransitionBatch>>> channels = new ArrayList<>();
    /** For each partition how much of it was read. */
    private final int[] read;
    /** For each shard how many configurations reached it. */
    private int[] controlled = {};

    /** What a checkpoint holds: positions in the topics, and what was on its way, if the barriers overtook it. */
    private record Checkpoint(
            List<OperatorSubtaskState> snapshots,
            List<Integer> read,
            int controlled,
            List<List<TransitionBatch>> inFlight) {}

    /**
     * @param partitions of the experience topic; sources stamp their records when they are first read
     * @param controls of the control topic; likewise
     */
    CrashingJob(
            SplittableRandom random,
            Backend backend,
            Policies options,
            List<PolicyControl> initial,
            List<List<Transition>> partitions,
            List<PolicyControl> controls)
            throws Exception {
        this.random = random;
        this.backend = backend;
        this.options = options;
        this.initial = initial;
        this.partitions =
                partitions.stream().<List<Transition>>map(ArrayList::new).toList();
        this.controls = new ArrayList<>(controls);
        this.read = new int[partitions.size()];
        start();
    }

    private void start() throws Exception {
        int parallelism = 1 + random.nextInt(MAX_SHARDS);
        for (int subtask = 0; subtask < parallelism; subtask++) {
            ShardHarness shard = new ShardHarness(options, initial, backend, parallelism, subtask).at(nowMillis);
            shards.add(shard);
            unflushed.add(new ArrayList<>());
            if (crashes > 0) {
                shard.retry();
            }
            Checkpoint from = checkpoint;
            if (from == null) {
                shard.open();
            } else {
                OperatorSubtaskState[] all = from.snapshots.toArray(OperatorSubtaskState[]::new);
                shard.open(ShardHarness.share(all.length, parallelism, subtask, all));
            }
            collect(subtask);
        }
        controlled = new int[parallelism];
        for (int partition = 0; partition < partitions.size(); partition++) {
            List<Deque<TransitionBatch>> toShards = new ArrayList<>();
            shards.forEach(shard -> toShards.add(new ArrayDeque<>()));
            channels.add(toShards);
        }
        Arrays.fill(read, 0);
        if (checkpoint != null) {
            Arrays.fill(controlled, checkpoint.controlled);
            for (int partition = 0; partition < partitions.size(); partition++) {
                read[partition] = checkpoint.read.get(partition);
                for (TransitionBatch transition : checkpoint.inFlight.get(partition)) {
                    channels.get(partition).get(shardOf(transition.state())).add(transition);
                }
            }
        }
    }

    private int shardOf(StateKey key) {
        return KeyGroupRangeAssignment.assignKeyToParallelOperator(key, MAX_PARALLELISM, shards.size());
    }

    private void collect(int shard) {
        unflushed.get(shard).addAll(shards.get(shard).announced());
    }

    /** Runs until all topics are read, and then to the end of the input. */
    void run() throws Exception {
        while (!everythingIsDone()) {
            int dice = random.nextInt(1000);
            if (dice < 420) {
                readOne();
            } else if (dice < 850) {
                learnOne();
            } else if (dice < 900) {
                controlOne(controls.size());
            } else if (dice < 983) {
                pass(random.nextInt(1, 300));
            } else if (dice < 991) {
                checkpoint();
            } else {
                crash();
            }
        }
        pass(300); // what is due is done
        for (int shard = 0; shard < shards.size(); shard++) {
            shards.get(shard).learn.finish();
            collect(shard);
            topic.addAll(unflushed.get(shard));
        }
    }

    private boolean everythingIsDone() {
        for (int partition = 0; partition < partitions.size(); partition++) {
            if (read[partition] < partitions.get(partition).size()) {
                return false;
            }
        }
        return channels.stream().allMatch(toShards -> toShards.stream().allMatch(Deque::isEmpty))
                && Arrays.stream(controlled).allMatch(seen -> seen == controls.size());
    }

    /** The source reads an experience, and BOOTSTRAP values it. */
    private void readOne() throws Exception {
        int partition = random.nextInt(partitions.size());
        List<Transition> records = partitions.get(partition);
        if (read[partition] == records.size()) {
            return;
        }
        Transition transition = records.get(read[partition]);
        if (transition.source().timestampMillis() < 0) {
            transition = stamped(transition);
            records.set(read[partition], transition);
        }
        read[partition]++;
        TransitionBatch valued = shards.get(shardOf(bootstrapKey(transition))).bootstrap(transition);
        channels.get(partition).get(shardOf(transition.state())).add(valued);
    }

    private static StateKey bootstrapKey(Transition transition) {
        StateKey nextState = transition.nextState();
        return nextState == null ? transition.state() : nextState;
    }

    private Transition stamped(Transition transition) {
        SourceRecord source = transition.source();
        return new Transition(
                transition.state(),
                transition.nextState(),
                transition.action(),
                transition.reward(),
                transition.discount(),
                transition.identity(),
                transition.nextAction(),
                transition.legalActions(),
                new SourceRecord(source.partition(), source.offset(), nowMillis, source.key(), source.value()));
    }

    /** LEARN of some shard gets a batch of experience: some of what waits, as long as it is of one key group. */
    private void learnOne() throws Exception {
        int shard = random.nextInt(shards.size());
        Deque<TransitionBatch> waiting =
                channels.get(random.nextInt(partitions.size())).get(shard);
        int atMost = random.nextInt(1, MOST_TRANSITIONS_OF_A_BATCH);
        TransitionBatch batch = new TransitionBatch();
        while (!waiting.isEmpty()
                && batch.count() < atMost
                && (batch.count() == 0 || keyGroup(waiting.getFirst().state()) == keyGroup(batch.firstState()))) {
            TransitionBatch next = waiting.removeFirst();
            batch.add(next, next.nextValue(), next.nextGeneration());
        }
        if (batch.count() > 0) {
            shards.get(shard).learn.process(batch);
            collect(shard);
        }
    }

    private static int keyGroup(StateKey key) {
        return KeyGroupRangeAssignment.assignToKeyGroup(key, MAX_PARALLELISM);
    }

    /** LEARN of some shard gets a configuration, if it has not got so many yet. */
    private void controlOne(int atMost) throws Exception {
        int shard = random.nextInt(shards.size());
        if (controlled[shard] < atMost) {
            int next = controlled[shard]++;
            if (next == stampedControls) {
                controls.set(next, stamped(controls.get(next)));
                stampedControls++;
            }
            shards.get(shard).learn.process(controls.get(next));
            collect(shard);
        }
    }

    private PolicyControl stamped(PolicyControl control) {
        return new PolicyControl(
                control.policyId(), control.config(), control.partition(), control.offset(), nowMillis);
    }

    private void pass(long millis) throws Exception {
        nowMillis += millis;
        for (int shard = 0; shard < shards.size(); shard++) {
            shards.get(shard).at(nowMillis);
            collect(shard);
        }
    }

    /** Barriers never overtake configurations, as those are broadcast, and may overtake experience. */
    private void checkpoint() throws Exception {
        boolean overtakes = random.nextInt(3) == 0;
        int mostControlled = Arrays.stream(controlled).max().orElseThrow();
        while (Arrays.stream(controlled).anyMatch(seen -> seen < mostControlled)
                || !(overtakes
                        || channels.stream()
                                .allMatch(toShards -> toShards.stream().allMatch(Deque::isEmpty)))) {
            controlOne(mostControlled);
            learnOne();
        }
        List<OperatorSubtaskState> snapshots = new ArrayList<>();
        for (int shard = 0; shard < shards.size(); shard++) {
            snapshots.add(shards.get(shard).snapshot());
            if (random.nextInt(3) > 0) { // it is told in time
                shards.get(shard)
                        .learn
                        .notifyOfCompletedCheckpoint(shards.get(shard).lastSnapshot());
            }
            topic.addAll(unflushed.get(shard));
            unflushed.get(shard).clear();
        }
        List<List<TransitionBatch>> inFlight = new ArrayList<>();
        channels.forEach(toShards -> {
            List<TransitionBatch> all = new ArrayList<>();
            toShards.forEach(all::addAll);
            inFlight.add(all);
        });
        checkpoint = new Checkpoint(snapshots, Arrays.stream(read).boxed().toList(), mostControlled, inFlight);
    }

    private void crash() throws Exception {
        crashes++;
        unflushed.forEach(sent ->
                topic.addAll(sent.subList(0, random.nextInt(2) == 0 ? sent.size() : random.nextInt(sent.size() + 1))));
        close();
        unflushed.clear();
        channels.clear();
        nowMillis += random.nextInt(1, random.nextBoolean() ? 2000 : 200_000); // clocks of others may differ by 60 s
        start();
    }

    /** Lets all shards go and come back once more. */
    void restart() throws Exception {
        checkpoint();
        crash();
    }

    /** What BOOTSTRAP reads of each row, whichever way an experience asks for it. */
    Map<String, Double> view() throws Exception {
        Map<String, Double> view = new HashMap<>();
        for (StateKey key : table().keySet()) {
            for (long identity : new long[] {ShardHarness.HEADS, ShardHarness.TAILS}) {
                for (int nextAction = -1; nextAction < 4; nextAction++) {
                    TransitionBatch valued = shards.get(shardOf(key)).bootstrap(into(key, identity, nextAction));
                    view.put(
                            key + " of generation " + valued.nextGeneration() + ", asked by " + identity + " and "
                                    + nextAction,
                            valued.nextValue());
                }
            }
        }
        return view;
    }

    private static Transition into(StateKey nextState, long identity, int nextAction) {
        return new Transition(
                nextState,
                nextState,
                0,
                0,
                0,
                identity,
                nextAction,
                null,
                new SourceRecord(0, 0, 0, null, new byte[0]));
    }

    /** All that was ever sent, in the order of the topic as far as one key is concerned. */
    List<PolicyChange> topic() {
        return topic;
    }

    /** The rows of all shards. */
    Map<StateKey, QRow> table() throws Exception {
        Map<StateKey, QRow> table = new HashMap<>();
        for (ShardHarness shard : shards) {
            table.putAll(shard.rows());
        }
        return table;
    }

    @Override
    public void close() throws Exception {
        for (ShardHarness shard : shards) {
            shard.close();
        }
        shards.clear();
    }
}
