package io.streamq.job.learn;

import io.streamq.job.options.JobOptions.PolicyDefaults;
import io.streamq.job.record.DeadLetter;
import io.streamq.job.record.PolicyChange;
import io.streamq.job.record.RecordType;
import io.streamq.job.record.SourceRecord;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.Transition;
import io.streamq.job.record.ValuedTransition;
import io.streamq.job.rejection.DeadLetters;
import io.streamq.learning.Algorithm;
import io.streamq.learning.LearningRate;
import io.streamq.learning.QRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.executiongraph.ExecutionAttemptID;
import org.apache.flink.runtime.metrics.groups.TaskManagerMetricGroup;
import org.apache.flink.runtime.metrics.groups.TaskMetricGroup;
import org.apache.flink.runtime.metrics.util.TestingMetricRegistry;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;

/** BOOTSTRAP and LEARN of one shard, each in Flink's harness, meeting as they do in a slot. */
final class ShardHarness implements AutoCloseable {
    static final int MAX_PARALLELISM = 16;

    private static final SourceRecord SOURCE = new SourceRecord(0, 1, 2, null, new byte[] {3});
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    final KeyedOneInputStreamOperatorTestHarness<StateKey, ValuedTransition, PolicyChange> learn;
    final OneInputStreamOperatorTestHarness<Transition, ValuedTransition> bootstrap;

    private final Map<String, Metric> metrics = new ConcurrentHashMap<>();
    private final MockEnvironment learnEnvironment;
    private final MockEnvironment bootstrapEnvironment;

    ShardHarness(PolicyDefaults policy, Backend backend) throws Exception {
        this(policy, backend, 1, 0);
    }

    ShardHarness(PolicyDefaults policy, Backend backend, int parallelism, int subtask) throws Exception {
        String meeting = UUID.randomUUID().toString();
        ShardLocator locator = environment -> new ShardId(meeting, 0, 0);
        learnEnvironment = environment(parallelism, subtask);
        bootstrapEnvironment = environment(parallelism, subtask);
        learn = new KeyedOneInputStreamOperatorTestHarness<>(
                new LearnOperator(policy, locator), ValuedTransition::state, RecordType.STATE_KEY, learnEnvironment);
        learn.setStateBackend(backend.create());
        bootstrap = new OneInputStreamOperatorTestHarness<>(
                new BootstrapOperator(policy, PATIENCE, locator),
                serializer(RecordType.TRANSITION),
                bootstrapEnvironment);
    }

    private MockEnvironment environment(int parallelism, int subtask) {
        TestingMetricRegistry registry = TestingMetricRegistry.builder()
                .setRegisterConsumer((metric, name, group) ->
                        metrics.put(group.getMetricIdentifier(name).replaceFirst(".*\\.streamq\\.", ""), metric))
                .build();
        TaskMetricGroup group = TaskManagerMetricGroup.createTaskManagerMetricGroup(
                        registry, "host", ResourceID.generate())
                .addJob(new JobID(), "job")
                .addTask(ExecutionAttemptID.randomId(), "task");
        return MockEnvironment.builder()
                .setManagedMemorySize(3 << 20)
                .setMaxParallelism(MAX_PARALLELISM)
                .setParallelism(parallelism)
                .setSubtaskIndex(subtask)
                .setMetricGroup(group)
                .build();
    }

    static <T> TypeSerializer<T> serializer(RecordType<T> type) {
        return type.createSerializer(new SerializerConfigImpl());
    }

    /** A policy of two actions that moves half of the way, with discount 0.5: every result is exact. */
    static PolicyDefaults halfway(Algorithm algorithm, double initialQ) {
        return new PolicyDefaults(
                2, 0.5, initialQ, algorithm, new LearningRate.Constant(0.5), Double.POSITIVE_INFINITY);
    }

    static StateKey key(String state) {
        return StateKey.of("p", state);
    }

    static Transition step(String state, int action, double reward, String nextState) {
        return transition(state, action, reward, nextState, 0, -1, null);
    }

    static Transition last(String state, int action, double reward) {
        return last(state, action, reward, 0);
    }

    static Transition last(String state, int action, double reward, int coin) {
        return transition(state, action, reward, null, coin, -1, null);
    }

    static Transition transition(
            String state, int action, double reward, String nextState, int coin, int nextAction, long[] legalActions) {
        return new Transition(
                key(state),
                nextState == null ? null : key(nextState),
                action,
                reward,
                Double.NaN,
                coin,
                nextAction,
                legalActions,
                SOURCE);
    }

    /** Lets LEARN come, as a task does before it restores. */
    ShardHarness learnComes() {
        learn.setup(serializer(RecordType.POLICY_CHANGE));
        return this;
    }

    /** Lets LEARN restore and rebuild the view. */
    ShardHarness learnRestores(OperatorSubtaskState state) throws Exception {
        learn.initializeState(state);
        learn.open();
        return this;
    }

    ShardHarness open() throws Exception {
        learnComes();
        learn.open();
        return bootstrapComes();
    }

    ShardHarness open(OperatorSubtaskState state) throws Exception {
        return learnComes().learnRestores(state).bootstrapComes();
    }

    ShardHarness bootstrapComes() throws Exception {
        bootstrap.setup(serializer(RecordType.VALUED_TRANSITION));
        bootstrap.open();
        return this;
    }

    /** Sends transitions through both operators and tells what was announced. */
    List<PolicyChange> learn(Transition... transitions) throws Exception {
        List<PolicyChange> announced = new ArrayList<>();
        for (Transition transition : transitions) {
            learn.processElement(bootstrap(transition), 0);
            announced.addAll(learn.extractOutputValues());
            learn.getOutput().clear();
        }
        return announced;
    }

    /** Sends a transition through BOOTSTRAP. */
    ValuedTransition bootstrap(Transition transition) throws Exception {
        bootstrap.processElement(transition, 0);
        ValuedTransition valued = bootstrap.extractOutputValues().get(0);
        bootstrap.getOutput().clear();
        return valued;
    }

    List<DeadLetter> deadLetters() {
        var letters = learn.getSideOutput(DeadLetters.TAG);
        return letters == null
                ? List.of()
                : letters.stream().map(record -> record.getValue()).toList();
    }

    /** The Q-table as it stands in keyed state. */
    Map<StateKey, QRow> rows() throws Exception {
        KeyedStateBackend<StateKey> backend = learn.getOperator().getKeyedStateBackend();
        ValueState<QRow> row = backend.getPartitionedState(
                VoidNamespace.INSTANCE,
                VoidNamespaceSerializer.INSTANCE,
                new ValueStateDescriptor<>(LearnOperator.ROWS_STATE, RecordType.Q_ROW));
        Map<StateKey, QRow> rows = new HashMap<>();
        try (Stream<StateKey> keys = backend.getKeys(LearnOperator.ROWS_STATE, VoidNamespace.INSTANCE)) {
            for (StateKey key : keys.toList()) {
                backend.setCurrentKey(key);
                rows.put(key, row.value().copy());
            }
        }
        return rows;
    }

    QRow row(String state) throws Exception {
        return rows().get(key(state));
    }

    OperatorSubtaskState snapshot() throws Exception {
        return learn.snapshot(1, 1);
    }

    /** A savepoint that another state backend can read. */
    OperatorSubtaskState savepoint() throws Exception {
        return learn.snapshotWithLocalState(1, 1, SavepointType.savepoint(SavepointFormatType.CANONICAL))
                .getJobManagerOwnedState();
    }

    /** What a subtask gets of the snapshots of all when the parallelism changes. */
    static OperatorSubtaskState share(
            int oldParallelism, int newParallelism, int subtask, OperatorSubtaskState... snapshots) throws Exception {
        return AbstractStreamOperatorTestHarness.repartitionOperatorState(
                AbstractStreamOperatorTestHarness.repackageState(snapshots),
                MAX_PARALLELISM,
                oldParallelism,
                newParallelism,
                subtask);
    }

    /** A metric of either operator by its name behind {@code streamq.}. */
    Metric metric(String name) {
        return metrics.get(name);
    }

    @Override
    public void close() throws Exception {
        bootstrap.close();
        learn.close();
        bootstrapEnvironment.close();
        learnEnvironment.close();
    }
}
