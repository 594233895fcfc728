package io.streamq.job.learn;

import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.options.JobOptions.Policies;
import io.streamq.job.policy.InvalidPolicyException;
import io.streamq.job.policy.PolicyRulesReader;
import io.streamq.job.record.ControlStatus;
import io.streamq.job.record.PolicyChange;
import io.streamq.job.record.PolicyControl;
import io.streamq.job.record.PolicyControlSerializer;
import io.streamq.job.record.RecordType;
import io.streamq.job.record.Rejection;
import io.streamq.job.record.SourceRecord;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.ValuedTransition;
import io.streamq.job.rejection.DeadLetters;
import io.streamq.job.rejection.RejectedException;
import io.streamq.learning.GreedyChoice;
import io.streamq.learning.QRow;
import io.streamq.schemas.PolicyConfigOutcome;
import io.streamq.schemas.UpdateReason;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.graph.StreamConfig;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.StreamTask;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;

/**
 * LEARN: on the shard of the state, applies a valued transition to its row, publishes the row's bootstrap values to BOOTSTRAP, and
 * announces the row by its policy's rules. A second, broadcast input changes the rules.
 */
public final class LearnOperator extends AbstractStreamOperator<PolicyChange>
        implements TwoInputStreamOperator<ValuedTransition, PolicyControl, PolicyChange> {
    /** The Q-table's name in snapshots. */
    public static final String ROWS_STATE = "q-table";

    /** What became of configurations. */
    public static final OutputTag<ControlStatus> STATUS = new OutputTag<>("control-status", RecordType.CONTROL_STATUS);

    /** The configurations in force, by policyId; absent: nobody configured it, or it was deleted. The same on all shards. */
    private static final MapStateDescriptor<String, PolicyControl> CONFIGURATIONS = new MapStateDescriptor<>(
            "policy-configurations", StringSerializer.INSTANCE, PolicyControlSerializer.INSTANCE);

    /** Stands among them as soon as the job knows any: a snapshot without it is older than configurations are. */
    private static final PolicyControl BEGUN = new PolicyControl("", null, 0, 0, 0);

    /** How late what is due at a certain time may be done. */
    private static final long TICK_MILLIS = 100;

    private final Policies options;
    private final List<PolicyControl> initial;
    private final ShardLocator locator;

    private transient Shard shard;
    private transient BroadcastState<String, PolicyControl> configurations;
    private transient boolean restored;

    private transient QTable table;
    private transient ShardPolicies policies;
    private transient Announcer announcer;
    private transient Upkeep upkeep;
    private transient PolicyChanges changes;
    private transient LearnMetrics counts;
    private transient DeadLetters deadLetters;
    private transient long epoch;
    private transient boolean ticking;
    /** What is done next at a certain time. */
    private transient @Nullable ScheduledFuture<?> alarm;

    /**
     * @param initial the configurations on the control topic when the job was submitted, in force from the first experience of a job
     *     that starts without a snapshot
     */
    public LearnOperator(Policies options, List<PolicyControl> initial) {
        this(options, initial, ShardLocator.BY_EXECUTION);
    }

    LearnOperator(Policies options, List<PolicyControl> initial, ShardLocator locator) {
        this.options = options;
        this.initial = initial;
        this.locator = locator;
    }

    @Override
    protected void setup(StreamTask<?, ?> task, StreamConfig config, Output<StreamRecord<PolicyChange>> output) {
        super.setup(task, config, output);
        shard = Shard.joinAsLearn(
                locator.locate(task.getEnvironment()),
                Placement.of(getRuntimeContext().getTaskInfo()));
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        configurations = context.getOperatorStateStore().getBroadcastState(CONFIGURATIONS);
        restored = context.isRestored();
        if (!configurations.contains(BEGUN.policyId())) {
            configurations.put(BEGUN.policyId(), BEGUN);
            for (PolicyControl control : initial) {
                configurations.put(control.policyId(), control);
            }
        }
    }

    @Override
    public void open() throws Exception {
        super.open();
        SuccessorView view = new SuccessorView();
        counts = new LearnMetrics(getMetricGroup());
        deadLetters = new DeadLetters(getMetricGroup());
        policies = new ShardPolicies(options, counts);
        table = new QTable(
                getRuntimeContext().getState(new ValueStateDescriptor<>(ROWS_STATE, RecordType.Q_ROW)),
                ROWS_STATE,
                getKeyedStateBackend(),
                view);
        restoreConfigurations();
        restoreRows();
        Placement placement = Placement.of(getRuntimeContext().getTaskInfo());
        upkeep = new Upkeep(table, policies, announcer, placement.keyGroups(), placement.maxParallelism());
        changes = new PolicyChanges(table, policies, announcer, upkeep);
        counts.gauge(StreamQMetrics.ROWS, (Gauge<Integer>) view::size);
        counts.gauge(
                StreamQMetrics.POLICIES, (Gauge<Integer>) () -> policies.all().size());
        shard.open(view);
        // Nothing can be sent before all operators are open.
        alarm = getProcessingTimeService().registerTimer(now(), this::begin);
    }

    private void restoreConfigurations() throws Exception {
        for (Map.Entry<String, PolicyControl> entry : configurations.entries()) {
            byte[] config = entry.getValue().config();
            if (config != null) {
                policies.configure(entry.getKey(), PolicyRulesReader.read(config));
            }
        }
    }

    /** Reads all rows into the view, and takes an epoch greater than any that they were announced in. */
    private void restoreRows() throws Exception {
        long start = System.nanoTime();
        long[] lastEpoch = {0};
        Map<ShardPolicy, Upkeep.Orders> orders = new HashMap<>();
        table.forEachStored((key, row) -> {
            ShardPolicy policy = requireFit(key, row);
            table.publish(key, row, policy.rules());
            orders.computeIfAbsent(policy, any -> new Upkeep.Orders(now())).add(key, row, policy.rules());
            lastEpoch[0] = Math.max(lastEpoch[0], row.epoch());
        });
        orders.forEach((policy, its) -> its.restoreTo(policy));
        // The clock orders attempts that restored the same checkpoint; the rows keep the order if the clock went back.
        epoch = Math.max(now(), lastEpoch[0] + 1);
        announcer = new Announcer(output, getProcessingTimeService(), counts, epoch, restored);
        long viewRebuildMillis = (System.nanoTime() - start) / 1_000_000;
        counts.gauge(StreamQMetrics.VIEW_REBUILD_MILLIS, (Gauge<Long>) () -> viewRebuildMillis);
    }

    private ShardPolicy requireFit(StateKey key, QRow row) {
        ShardPolicy policy = policies.ofRestored(key);
        if (policy == null) {
            throw new SuppressRestartsException(new IllegalStateException("the options must fit the restored rows: "
                    + key + " is of a policy that nobody configured, and " + policies.whyUnknown()
                    + ". Restore with the options of the snapshot, or start without it."));
        }
        if (!policy.learner().fits(row)) {
            throw new SuppressRestartsException(new IllegalStateException("the options must fit the restored rows: "
                    + key + " has " + row.actions() + " actions in " + row.tables() + " table(s), the options say "
                    + policy.rules().actions() + " in "
                    + policy.rules().algorithm().tables()
                    + ". Restore with the options of the snapshot and change the policy with './streamq config set',"
                    + " or start without the snapshot."));
        }
        return policy;
    }

    /** All is open. Tells what is configured, as the shards may be others than before, and what may have been evicted before. */
    private void begin(long nowMillis) throws Exception {
        for (Map.Entry<String, PolicyControl> entry : configurations.immutableEntries()) {
            if (entry.getValue().config() != null) {
                tell(entry.getValue(), PolicyConfigOutcome.APPLIED, List.of());
            }
        }
        if (restored) {
            for (ShardPolicy policy : List.copyOf(policies.all())) {
                if (policy.rules().limits().rows() > 0) {
                    // An attempt that crashed may have evicted other rows than this one will.
                    table.forEachOf(policy, (key, row) -> {
                        announcer.announceAgain(key, row, policy, UpdateReason.RESTORED);
                        table.note(row);
                    });
                    upkeep.makeRoom(policy);
                }
            }
        }
        tickIfNeeded();
    }

    @Override
    public void processElement1(StreamRecord<ValuedTransition> element) throws Exception {
        ValuedTransition transition = element.getValue();
        StateKey key = transition.state();
        ShardPolicy policy = policies.of(key);
        QRow row = table.row();
        try {
            learn(transition, key, policy, row);
        } catch (RejectedException rejected) {
            output.collect(DeadLetters.TAG, element.replace(deadLetters.letter(transition.source(), rejected)));
            if (policy != null) {
                policy.metrics().rejected.inc();
            }
            notLearnt(transition, policy, row);
        }
    }

    private void learn(ValuedTransition transition, StateKey key, @Nullable ShardPolicy policy, @Nullable QRow known)
            throws Exception {
        if (policy == null) {
            throw new RejectedException(Rejection.POLICY_UNKNOWN, policies.whyUnknown());
        }
        if (policy.rules().frozen()) {
            counts.frozen.inc();
            policy.metrics().frozen.inc();
            notLearnt(transition, policy, known);
            return;
        }
        if (known != null && policy.rules().limits().duplicateWindow() > 0 && known.remembers(transition.identity())) {
            counts.suppressed.inc();
            policy.metrics().suppressed.inc();
            notLearnt(transition, policy, known);
            return;
        }
        QRow row = known == null ? policy.learner().untouchedRow() : known;
        counts.applied(policy.learner().apply(row, transition));
        policy.metrics().applied.inc();
        remember(transition, key, policy, row);
        if (known == null) {
            policy.rows++;
            announcer.begun(row);
        }
        announcer.learnt(key, row, policy);
        denyUnlessAnnounced(transition, row);
        if (known == null) {
            table.replace(key, row, policy.rules());
            upkeep.makeRoom(policy);
        } else {
            table.keep(key, row, policy.rules());
        }
    }

    private void remember(ValuedTransition transition, StateKey key, ShardPolicy policy, QRow row) {
        int window = policy.rules().limits().duplicateWindow();
        if (window > 0) {
            row.remember(transition.identity(), window);
        }
        if (policy.rules().limits().forgets()) {
            upkeep.touched(key, row, policy, now());
        } else if (row.touchedAtMillis() != 0) {
            row.touched(0); // not kept any more: what was noted before is no longer true
        }
    }

    /** Tells what is true of a state whose experience was not applied, in case an earlier attempt told otherwise. */
    private void notLearnt(ValuedTransition transition, @Nullable ShardPolicy policy, @Nullable QRow row)
            throws Exception {
        if (row != null && policy != null && announcer.notLearnt(transition.state(), row, policy)) {
            table.note(row);
        }
        denyUnlessAnnounced(transition, row);
    }

    private void denyUnlessAnnounced(ValuedTransition transition, @Nullable QRow row) {
        if (row == null || row.announcedAction() == GreedyChoice.NONE) {
            announcer.deny(transition.state(), transition.source());
        }
    }

    @Override
    public void processElement2(StreamRecord<PolicyControl> element) throws Exception {
        PolicyControl control = element.getValue();
        try {
            changes.apply(control, now());
        } catch (InvalidPolicyException invalid) {
            refuse(control, invalid.violations());
            return;
        }
        if (control.config() == null) {
            configurations.remove(control.policyId());
        } else {
            configurations.put(control.policyId(), control);
        }
        counts.configurationsApplied.inc();
        tell(control, control.config() == null ? PolicyConfigOutcome.DELETED : PolicyConfigOutcome.APPLIED, List.of());
        tickIfNeeded();
    }

    /** Every shard refuses it alike; one hands it back. */
    private void refuse(PolicyControl control, List<String> violations) {
        counts.configurationsRefused.inc();
        tell(control, PolicyConfigOutcome.REFUSED, violations);
        if (getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0) {
            SourceRecord source = new SourceRecord(
                    control.partition(),
                    control.offset(),
                    control.timestampMillis(),
                    control.policyId().getBytes(StandardCharsets.UTF_8),
                    control.config());
            output.collect(
                    DeadLetters.TAG,
                    new StreamRecord<>(deadLetters.letter(
                            source, Rejection.POLICY_CONFIG_INVALID, String.join("; ", violations))));
        }
    }

    private void tell(PolicyControl control, PolicyConfigOutcome outcome, List<String> violations) {
        ShardPolicy policy = policies.byId(control.policyId());
        output.collect(
                STATUS,
                new StreamRecord<>(new ControlStatus(
                        control.policyId(),
                        getRuntimeContext().getTaskInfo().getIndexOfThisSubtask(),
                        getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks(),
                        outcome,
                        violations,
                        policy == null ? 0 : policy.rules().generation(),
                        control.partition(),
                        control.offset(),
                        policy == null ? 0 : policy.rows,
                        epoch,
                        now())));
    }

    private void tickIfNeeded() {
        if (!ticking && policies.needClock()) {
            ticking = true;
            alarm = getProcessingTimeService().registerTimer(now() + TICK_MILLIS, this::tick);
        }
    }

    private void tick(long nowMillis) throws Exception {
        upkeep.run(nowMillis);
        ticking = false;
        tickIfNeeded();
    }

    private long now() {
        return getProcessingTimeService().getCurrentProcessingTime();
    }

    @Override
    public void finish() throws Exception {
        upkeep.flush();
        super.finish();
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
