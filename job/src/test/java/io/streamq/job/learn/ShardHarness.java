package io.streamq.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.options.JobOptions.Policies;
import io.streamq.job.policy.PolicyConfigs;
import io.streamq.job.record.ControlStatus;
import io.streamq.job.record.DeadLetter;
import io.streamq.job.record.PolicyChange;
import io.streamq.job.record.PolicyControl;
import io.streamq.job.record.RecordType;
import io.streamq.job.record.RowPage;
import io.streamq.job.record.SourceRecord;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.Transition;
import io.streamq.job.record.TransitionBatch;
import io.streamq.job.record.ViewChanges;
import io.streamq.job.rejection.DeadLetters;
import io.streamq.learning.QRow;
import io.streamq.schemas.PolicyConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.runtime.checkpoint.CheckpointOptions;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.SavepointType;
import org.apache.flink.runtime.clusterframework.types.ResourceID;
import org.apache.flink.runtime.executiongraph.ExecutionAttemptID;
import org.apache.flink.runtime.metrics.groups.TaskManagerMetricGroup;
import org.apache.flink.runtime.metrics.groups.TaskMetricGroup;
import org.apache.flink.runtime.metrics.util.TestingMetricRegistry;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.runtime.state.memory.MemCheckpointStreamFactory;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFinalizer;
import org.apache.flink.streaming.api.operators.OperatorSnapshotFutures;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.util.OutputTag;

/** BOOTSTRAP and LEARN of one shard, each in Flink's harness, meeting as they do in a slot. */
final class ShardHarness implements AutoCloseable {
    static final int MAX_PARALLELISM = 16;
    /** An identity that tosses 0. */
    static final long HEADS = 1;
    /** An identity that tosses 1. */
    static final long TAILS = -1;

    private static final SourceRecord SOURCE = new SourceRecord(0, 1, 2, null, new byte[] {3});
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    final LearnHarness learn;
    final OneInputStreamOperatorTestHarness<TransitionBatch, TransitionBatch> bootstrap;

    private final Backend backend;
    private final String meeting = UUID.randomUUID().toString();
    private long lastSnapshot;
    private int attempt;
    private boolean bootstrapIsOpen;
    private final Map<String, Metric> metrics = new ConcurrentHashMap<>();
    private final MockEnvironment learnEnvironment;
    private final MockEnvironment bootstrapEnvironment;

    /** A shard of all keys that learns unconfigured policies by these rules. */
    ShardHarness(PolicyConfig.Builder unconfigured, Backend backend) throws Exception {
        this(unconfigured, backend, 1, 0);
    }

    ShardHarness(PolicyConfig.Builder unconfigured, Backend backend, int parallelism, int subtask) throws Exception {
        this(new Policies(PolicyConfigs.rules(unconfigured), 1000), List.of(), backend, parallelism, subtask);
    }

    /** A shard of all keys. */
    ShardHarness(Policies policies, List<PolicyControl> initial, Backend backend) throws Exception {
        this(policies, initial, backend, 1, 0);
    }

    ShardHarness(Policies policies, List<PolicyControl> initial, Backend backend, int parallelism, int subtask)
            throws Exception {
        this(policies, initial, backend, parallelism, subtask, Replication.NONE);
    }

    ShardHarness(
            Policies policies,
            List<PolicyControl> initial,
            Backend backend,
            int parallelism,
            int subtask,
            Replication replication)
            throws Exception {
        this.backend = backend;
        ShardLocator locator = environment -> new ShardId(meeting, 0, attempt);
        learnEnvironment = environment(parallelism, subtask);
        bootstrapEnvironment = environment(parallelism, subtask);
        learn = new LearnHarness(
                new LearnOperator(policies, initial, backend.rowBuffer(), replication, locator), learnEnvironment);
        learn.setStateBackend(backend.create());
        bootstrap = new OneInputStreamOperatorTestHarness<>(
                new BootstrapOperator(PATIENCE, MAX_PARALLELISM, 0, locator),
                serializer(RecordType.TRANSITION_BATCH),
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

    /** The state of a transition of no policy in particular is one of "p". */
    static StateKey key(String state) {
        return StateKey.of("p", state);
    }

    static Transition step(String state, int action, double reward, String nextState) {
        return transition(state, action, reward, nextState, HEADS, -1, null);
    }

    static Transition last(String state, int action, double reward) {
        return last(state, action, reward, HEADS);
    }

    static Transition last(String state, int action, double reward, long identity) {
        return transition(state, action, reward, null, identity, -1, null);
    }

    static Transition transition(
            String state,
            int action,
            double reward,
            String nextState,
            long identity,
            int nextAction,
            long[] legalActions) {
        return new Transition(
                key(state),
                nextState == null ? null : key(nextState),
                action,
                reward,
                Double.NaN,
                identity,
                nextAction,
                legalActions,
                SOURCE);
    }

    /** The same transition in another policy. */
    static Transition in(String policyId, Transition transition) {
        StateKey nextState = transition.nextState();
        return new Transition(
                StateKey.of(policyId, transition.state().state()),
                nextState == null ? null : StateKey.of(policyId, nextState.state()),
                transition.action(),
                transition.reward(),
                transition.discount(),
                transition.identity(),
                transition.nextAction(),
                transition.legalActions(),
                transition.source());
    }

    /** Whether a transition's state is one of this shard's. */
    boolean owns(Transition transition) {
        TaskInfo task = learnEnvironment.getTaskInfo();
        return KeyGroupRangeAssignment.assignKeyToParallelOperator(
                        transition.state(), MAX_PARALLELISM, task.getNumberOfParallelSubtasks())
                == task.getIndexOfThisSubtask();
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

    /** Lets this be a later attempt of a job than the first. */
    ShardHarness retry() {
        return attempt(1);
    }

    /** Lets there have been so many attempts before. */
    ShardHarness attempt(int number) {
        attempt = number;
        return this;
    }

    /** Sets LEARN's clock. */
    ShardHarness at(long millis) throws Exception {
        learn.setProcessingTime(millis);
        return this;
    }

    ShardHarness open() throws Exception {
        learnComes();
        learn.open();
        return bootstrapComes().begin();
    }

    ShardHarness open(OperatorSubtaskState state) throws Exception {
        return learnComes().learnRestores(state).bootstrapComes().begin();
    }

    /** Lets LEARN begin, as a task does once all its operators are open. */
    private ShardHarness begin() throws Exception {
        learn.setProcessingTime(learn.getProcessingTime());
        return this;
    }

    ShardHarness bootstrapComes() throws Exception {
        bootstrap.setup(serializer(RecordType.TRANSITION_BATCH));
        bootstrap.open();
        bootstrapIsOpen = true;
        return this;
    }

    /** Sends transitions through both operators and tells what was announced. */
    List<PolicyChange> learn(Transition... transitions) throws Exception {
        List<PolicyChange> announced = new ArrayList<>();
        for (Transition transition : transitions) {
            announced.addAll(apply(bootstrap(transition)));
        }
        return announced;
    }

    /** Sends transitions that BOOTSTRAP valued before to LEARN. */
    List<PolicyChange> apply(TransitionBatch transition) throws Exception {
        learn.process(transition);
        return announced();
    }

    /** Sends a configuration to LEARN and tells what was announced. */
    List<PolicyChange> configure(PolicyControl control) throws Exception {
        learn.process(control);
        return announced();
    }

    /** Lets LEARN's clock go on, step by step, and tells what was announced. */
    List<PolicyChange> pass(long millis) throws Exception {
        for (long passed = 0; passed < millis; passed += 50) {
            learn.setProcessingTime(learn.getProcessingTime() + Math.min(50, millis - passed));
        }
        return announced();
    }

    /** The end of the input; tells what was announced. */
    List<PolicyChange> finish() throws Exception {
        learn.finish();
        return announced();
    }

    /** What was announced and not told yet. */
    List<PolicyChange> announced() {
        List<PolicyChange> announced = List.copyOf(learn.extractOutputValues());
        learn.getOutput().clear();
        return announced;
    }

    /** What LEARN said of configurations, and not told yet. */
    List<ControlStatus> statuses() {
        return taken(LearnOperator.STATUS);
    }

    /** Rejected records, not told yet. */
    List<DeadLetter> deadLetters() {
        return taken(DeadLetters.TAG);
    }

    /** What was told to replicas, and not told yet. */
    List<ViewChanges> viewChanges() {
        return taken(LearnOperator.VIEW_CHANGES);
    }

    /** What BOOTSTRAP reads. */
    SuccessorView view() {
        List<SuccessorView> views = new ArrayList<>();
        Shard.forEachOpen(new ShardId(meeting, 0, attempt), (placement, view) -> views.add(view));
        return views.get(0);
    }

    private <T> List<T> taken(OutputTag<T> tag) {
        var records = learn.getSideOutput(tag);
        if (records == null) {
            return List.of();
        }
        List<T> values = records.stream().map(record -> record.getValue()).toList();
        records.clear();
        return values;
    }

    /** Sends a transition through BOOTSTRAP, unless it has nothing to look up there: a batch that stands at it. */
    TransitionBatch bootstrap(Transition transition) throws Exception {
        TransitionBatch valued = new TransitionBatch();
        if (transition.nextState() == null) {
            transition.addTo(valued, 0, 0);
        } else {
            TransitionBatch sent = new TransitionBatch();
            transition.addTo(sent);
            bootstrap.processElement(sent, 0);
            valued = bootstrap.extractOutputValues().get(0);
            bootstrap.getOutput().clear();
        }
        assertThat(valued.next()).isTrue();
        return valued;
    }

    /**
     * The Q-table as it stands in keyed state, or would if a snapshot began. Not to be asked for while one is under way: Flink would hand
     * out, and keep, copies of pages that LEARN may go on changing in place.
     */
    Map<StateKey, QRow> rows() throws Exception {
        if (backend != Backend.HASHMAP) {
            snapshot();
        }
        Map<StateKey, QRow> rows = new HashMap<>();
        if (backend == Backend.HASHMAP) {
            assertThat(hasAny(SavedRows.ROWS)).as("rows beside the pages").isFalse();
            KeyedValues<RowPage> pages = keyed(SavedRows.PAGES);
            for (StateKey first : pages.allKeys()) {
                RowPage page = pages.get(first);
                assertThat(page.key(0)).isEqualTo(first);
                page.forEach((key, row) -> assertThat(rows.put(key, row.copy())).isNull());
            }
        } else {
            assertThat(hasAny(SavedRows.PAGES)).as("pages beside the rows").isFalse();
            KeyedValues<QRow> single = keyed(SavedRows.ROWS);
            for (StateKey key : single.allKeys()) {
                rows.put(key, single.get(key));
            }
        }
        return rows;
    }

    private boolean hasAny(ValueStateDescriptor<?> descriptor) {
        KeyedStateBackend<StateKey> state = learn.getOperator().getKeyedStateBackend();
        try (Stream<StateKey> keys = state.getKeys(descriptor.getName(), VoidNamespace.INSTANCE)) {
            return keys.findAny().isPresent();
        }
    }

    private <V> KeyedValues<V> keyed(ValueStateDescriptor<V> descriptor) throws Exception {
        KeyedStateBackend<StateKey> state = learn.getOperator().getKeyedStateBackend();
        ValueState<V> value =
                state.getPartitionedState(VoidNamespace.INSTANCE, VoidNamespaceSerializer.INSTANCE, descriptor);
        return KeyedValues.of(value, descriptor.getName(), state);
    }

    QRow row(String state) throws Exception {
        return rows().get(key(state));
    }

    QRow row(String policyId, String state) throws Exception {
        return rows().get(StateKey.of(policyId, state));
    }

    OperatorSubtaskState snapshot() throws Exception {
        return learn.snapshot(++lastSnapshot, lastSnapshot);
    }

    /** Begins a snapshot, which is not written before it is asked for. */
    Supplier<OperatorSubtaskState> beginSnapshot() throws Exception {
        OperatorSnapshotFutures begun = learn.getOperator()
                .snapshotState(
                        ++lastSnapshot,
                        lastSnapshot,
                        CheckpointOptions.forCheckpointWithDefaultLocation(),
                        new MemCheckpointStreamFactory(1 << 20));
        return () -> {
            try {
                return OperatorSnapshotFinalizer.create(begun).getJobManagerOwnedState();
            } catch (Exception e) {
                throw new IllegalStateException("the snapshot was not written", e);
            }
        };
    }

    /** The number of the snapshot that began last. */
    long lastSnapshot() {
        return lastSnapshot;
    }

    /** A savepoint that another state backend can read. */
    OperatorSubtaskState savepoint() throws Exception {
        return learn.snapshotWithLocalState(
                        ++lastSnapshot, lastSnapshot, SavepointType.savepoint(SavepointFormatType.CANONICAL))
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

    /** The count of a metric of either operator by its name behind {@code streamq.}. */
    long count(String name) {
        return ((Counter) metric(name)).getCount();
    }

    /** The value of a gauge of either operator by its name behind {@code streamq.}. */
    long gauge(String name) {
        return ((Number) ((Gauge<?>) metric(name)).getValue()).longValue();
    }

    /** A metric of either operator by its name behind {@code streamq.}. */
    Metric metric(String name) {
        return metrics.get(name);
    }

    @Override
    public void close() throws Exception {
        if (bootstrapIsOpen) { // the harness would finish it, which Flink does not do to what never opened
            bootstrap.close();
        }
        learn.close();
        bootstrapEnvironment.close();
        learnEnvironment.close();
    }
}
