package io.streamq.job.learn;

import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.options.JobOptions.Policies;
import io.streamq.job.record.ControlStatus;
import io.streamq.job.record.PolicyChange;
import io.streamq.job.record.PolicyControl;
import io.streamq.job.record.RecordType;
import io.streamq.job.record.TransitionBatch;
import io.streamq.job.record.ViewChanges;
import io.streamq.job.rejection.DeadLetters;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.graph.StreamConfig;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.StreamTask;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * LEARN: on the state's shard, applies a valued transition to its row, publishes the row's bootstrap values to BOOTSTRAP, and announces the
 * row by its policy's rules. A second, broadcast input changes the rules.
 */
public final class LearnOperator extends AbstractStreamOperator<PolicyChange>
        implements TwoInputStreamOperator<TransitionBatch, PolicyControl, PolicyChange> {
    /** Name of the broadcast state that holds the configurations in force, by policyId. */
    public static final String CONFIGURATIONS_STATE = "policy-configurations";

    /** Answers to configurations. */
    public static final OutputTag<ControlStatus> STATUS = new OutputTag<>("control-status", RecordType.CONTROL_STATUS);

    /** Changed bootstrap values, for replicas elsewhere. */
    public static final OutputTag<ViewChanges> VIEW_CHANGES = new OutputTag<>("view-changes", RecordType.VIEW_CHANGES);

    /** How long after this shard's start all shards of its JVM have joined. */
    private static final long ALL_HERE_MILLIS = 1_000;
    /** How late timed work may be done. */
    private static final long TICK_MILLIS = 100;

    private final Policies options;
    private final List<PolicyControl> initial;
    private final MemorySize rowBuffer;
    private final Replication replication;
    private final ShardLocator locator;

    private transient ShardId id;
    private transient Shard shard;
    private transient Configurations configurations;
    private transient RunningClock clock;
    private transient EpochsBefore epochs;
    private transient boolean restored;

    private transient SuccessorView view;
    private transient QTable table;
    private transient ShardPolicies policies;
    private transient Upkeep upkeep;
    private transient ShardLearner learner;
    private transient ShardControl control;
    private transient LearnMetrics counts;
    private transient long epoch;

    private transient boolean ticking;
    /** Whether nothing may be sent any more. */
    private transient boolean finished;
    /** The next timer. */
    private transient @Nullable ScheduledFuture<?> alarm;

    /**
     * @param initial the configurations on the control topic when the job was submitted: if it starts without a snapshot, in force from the
     *     first experience, or refused
     * @param rowBuffer memory for rows, where the state backend stores bytes
     */
    public LearnOperator(Policies options, List<PolicyControl> initial, MemorySize rowBuffer, Replication replication) {
        this(options, initial, rowBuffer, replication, ShardLocator.BY_EXECUTION);
    }

    LearnOperator(
            Policies options,
            List<PolicyControl> initial,
            MemorySize rowBuffer,
            Replication replication,
            ShardLocator locator) {
        this.options = options;
        this.initial = initial;
        this.rowBuffer = rowBuffer;
        this.replication = replication;
        this.locator = locator;
    }

    @Override
    protected void setup(StreamTask<?, ?> task, StreamConfig config, Output<StreamRecord<PolicyChange>> output) {
        super.setup(task, config, output);
        id = locator.locate(task.getEnvironment());
        shard = Shard.joinAsLearn(id, Placement.of(getRuntimeContext().getTaskInfo()));
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        configurations = new Configurations(context.getOperatorStateStore(), initial);
        clock = new RunningClock(context.getOperatorStateStore());
        epochs = new EpochsBefore(context.getOperatorStateStore());
        restored = context.isRestored();
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        table.snapshotBegins(context.getCheckpointId());
        control.checkpointBegins(context.getCheckpointId());
        clock.save(now());
        epochs.save(epoch);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
        super.notifyCheckpointComplete(checkpointId);
        table.snapshotEnded(checkpointId);
        if (!finished) {
            control.checkpointCompleted(checkpointId, now());
        }
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
        super.notifyCheckpointAborted(checkpointId);
        table.snapshotEnded(checkpointId);
    }

    @Override
    public void open() throws Exception {
        super.open();
        view = new SuccessorView();
        counts = new LearnMetrics(getMetricGroup());
        DeadLetters deadLetters = new DeadLetters(getMetricGroup());
        policies = new ShardPolicies(options, counts);
        table = QTable.open(getRuntimeContext(), getKeyedStateBackend(), restored, view, rowBuffer.getBytes());
        configurations.configure(policies);
        long now = now();
        clock.begin(now);
        epoch = restore(now);
        StreamRecord<PolicyChange> outgoing = new StreamRecord<>(null);
        Announcer announcer = new Announcer(
                change -> output.collect(outgoing.replace(change)),
                getProcessingTimeService(),
                counts,
                epoch,
                restored || id.attempt() > 0 // attempts may have crashed before their first checkpoint
                        ? Doubts.open(getOperatorStateBackend(), getRuntimeContext(), getKeyedStateBackend(), epoch)
                        : null);
        TaskInfo task = getRuntimeContext().getTaskInfo();
        upkeep = new Upkeep(table, policies, announcer, clock, Placement.of(task));
        learner = new ShardLearner(
                table, policies, announcer, upkeep, getProcessingTimeService(), counts, deadLetters, output);
        Reconfiguration changes = new Reconfiguration(table, policies, announcer, upkeep);
        control = new ShardControl(configurations, changes, policies, counts, deadLetters, output, task, epoch);
        counts.gauge(StreamQMetrics.ROWS, (Gauge<Integer>) view::size);
        counts.gauge(
                StreamQMetrics.POLICIES, (Gauge<Integer>) () -> policies.all().size());
        shard.open(view);
        // Nothing can be sent before all operators are open.
        alarm = getProcessingTimeService().registerTimer(now(), this::begin);
    }

    private long restore(long nowMillis) throws Exception {
        long start = System.nanoTime();
        long next = new ShardRestore(policies, clock).run(table, nowMillis, epochs.greatest(), id.attempt());
        long viewRebuildMillis = (System.nanoTime() - start) / 1_000_000;
        counts.gauge(StreamQMetrics.VIEW_REBUILD_MILLIS, (Gauge<Long>) () -> viewRebuildMillis);
        return next;
    }

    private void begin(long nowMillis) throws Exception {
        control.begin(nowMillis);
        if (restored) {
            upkeep.afterRestore();
        }
        tickIfNeeded();
        if (replication.isWantedOf(shards())) {
            var unused = getProcessingTimeService().registerTimer(now() + ALL_HERE_MILLIS, this::replicate);
        }
    }

    /** Their current number: a scheduler may run the job with another than it was defined with. */
    private int shards() {
        return getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
    }

    /** Replicates the view if other JVMs have shards. */
    private void replicate(long nowMillis) {
        if (Shard.countHere(id) < shards()) {
            SentRecords sent = new SentRecords(this);
            StreamRecord<ViewChanges> outgoing = new StreamRecord<>(null);
            Replicator replicator =
                    new Replicator(view, id.subtask(), shards(), replication, getProcessingTimeService(), changes -> {
                        if (!finished) {
                            sent.countsAs(0); // not output of the job
                            output.collect(VIEW_CHANGES, outgoing.replace(changes));
                        }
                    });
            table.replicateBy(replicator);
        }
    }

    /** A batch has many keys: each is set where its row is read or written. */
    @Override
    @SuppressWarnings("rawtypes") // as Flink declares it
    public void setKeyContextElement1(StreamRecord record) {}

    @Override
    public void processElement1(StreamRecord<TransitionBatch> element) throws Exception {
        TransitionBatch batch = element.getValue();
        getMetricGroup().getIOMetricGroup().getNumRecordsInCounter().inc(batch.count() - 1L);
        learner.learn(batch);
        batch.release();
    }

    @Override
    public void processElement2(StreamRecord<PolicyControl> element) throws Exception {
        control.receive(element.getValue(), now());
        tickIfNeeded();
    }

    private void tickIfNeeded() {
        if (!ticking && policies.needClock()) {
            tickAt(now() + TICK_MILLIS);
        }
    }

    private void tickAt(long millis) {
        ticking = true;
        alarm = getProcessingTimeService().registerTimer(millis, this::tick);
    }

    private void tick(long dueMillis) throws Exception {
        boolean hasMore = upkeep.run(now()); // may be long after it was due
        ticking = false;
        if (hasMore) {
            tickAt(now()); // after the experience that came meanwhile
        } else {
            tickIfNeeded();
        }
    }

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    @Override
    public void finish() throws Exception {
        upkeep.flush();
        super.finish();
        finished = true;
    }

    @Override
    public void close() throws Exception {
        if (alarm != null) {
            alarm.cancel(false);
        }
        Shard.leave(shard);
        super.close();
    }
}
