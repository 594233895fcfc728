package io.streamq.job.learn;

import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.options.JobOptions.PolicyDefaults;
import io.streamq.job.record.PolicyChange;
import io.streamq.job.record.RecordType;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.ValuedTransition;
import io.streamq.job.rejection.DeadLetters;
import io.streamq.job.rejection.RejectedException;
import io.streamq.learning.Algorithm;
import io.streamq.learning.QRow;
import io.streamq.schemas.UpdateReason;
import java.util.Iterator;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.heap.HeapKeyedStateBackend;
import org.apache.flink.streaming.api.graph.StreamConfig;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.tasks.StreamTask;
import org.jspecify.annotations.Nullable;

/**
 * LEARN: on the shard of the state, applies a valued transition to its row, publishes the row's bootstrap values to BOOTSTRAP,
 * and announces the row when its greedy action changed.
 *
 * <p>The first touch of a row after a restore always announces it: what a crashed attempt announced after its last checkpoint
 * may be wrong now, and every row it touched is touched again by the replay.
 */
public final class LearnOperator extends AbstractStreamOperator<PolicyChange>
        implements OneInputStreamOperator<ValuedTransition, PolicyChange> {
    /** The Q-table's name in snapshots. */
    public static final String ROWS_STATE = "q-table";

    private static final int TD_ERROR_WINDOW = 1024;
    /** Taking a sample costs as much as learning from it; a power of two. */
    private static final int TD_ERROR_SAMPLED_ONE_IN = 16;

    private static final double MICROS = 1e6;

    private final PolicyDefaults policy;
    private final ShardLocator locator;

    /**
     * A row for each state in which an experience was applied; absent: nobody acted there. Grows with the states that are acted
     * in.
     */
    private transient ValueState<QRow> rows;

    private transient Shard shard;
    private transient SuccessorView view;
    private transient RowLearner learner;
    private transient double[] bootstrapValues;
    /**
     * Whether the backend hands out the row itself, so that it is changed by changing it. The heap backend does, and hands out a
     * copy that it keeps while a snapshot still needs the old row.
     */
    private transient boolean rowsAreReferences;

    private transient long epoch;
    private transient long viewRebuildMillis;

    private transient DeadLetters deadLetters;
    private transient Counter experiencesApplied;
    private transient Counter policyUpdatesSent;
    private transient Histogram absoluteTdErrorMicros;

    public LearnOperator(PolicyDefaults policy) {
        this(policy, ShardLocator.BY_EXECUTION);
    }

    LearnOperator(PolicyDefaults policy, ShardLocator locator) {
        this.policy = policy;
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
    public void open() throws Exception {
        super.open();
        learner = new RowLearner(policy);
        view = new SuccessorView();
        bootstrapValues = new double[policy.algorithm().bootstrapWidth(policy.actions())];
        rows = getRuntimeContext().getState(new ValueStateDescriptor<>(ROWS_STATE, RecordType.Q_ROW));
        rowsAreReferences = getKeyedStateBackend() instanceof HeapKeyedStateBackend;
        registerMetrics();
        rebuildView();
        shard.open(view);
    }

    private void registerMetrics() {
        MetricGroup group = getMetricGroup().addGroup(StreamQMetrics.GROUP);
        deadLetters = new DeadLetters(getMetricGroup());
        experiencesApplied = group.counter(StreamQMetrics.EXPERIENCES_APPLIED);
        policyUpdatesSent = group.counter(StreamQMetrics.POLICY_UPDATES_SENT);
        absoluteTdErrorMicros =
                group.histogram(StreamQMetrics.TD_ERROR_MICROS, new DescriptiveStatisticsHistogram(TD_ERROR_WINDOW));
        group.gauge(StreamQMetrics.ROWS, (Gauge<Integer>) view::size);
        group.gauge(StreamQMetrics.VIEW_REBUILD_MILLIS, (Gauge<Long>) () -> viewRebuildMillis);
    }

    /** Reads all rows into the view, and takes an epoch greater than any that they were announced in. */
    private void rebuildView() throws Exception {
        long start = System.nanoTime();
        long lastEpoch = 0;
        try (Stream<StateKey> keys =
                this.<StateKey>getKeyedStateBackend().getKeys(ROWS_STATE, VoidNamespace.INSTANCE)) {
            for (Iterator<StateKey> each = keys.iterator(); each.hasNext(); ) {
                StateKey key = each.next();
                setCurrentKey(key);
                QRow row = rows.value();
                requireFit(key, row);
                publish(key, row);
                lastEpoch = Math.max(lastEpoch, row.epoch());
            }
        }
        // The clock orders attempts that restored the same checkpoint; the rows keep the order if the clock went back.
        epoch = Math.max(getProcessingTimeService().getCurrentProcessingTime(), lastEpoch + 1);
        viewRebuildMillis = (System.nanoTime() - start) / 1_000_000;
    }

    private void requireFit(StateKey key, QRow row) {
        if (!learner.fits(row)) {
            throw new SuppressRestartsException(new IllegalStateException("the options must fit the restored rows: "
                    + key + " has " + row.actions() + " actions in " + row.tables() + " table(s), the options say "
                    + policy.actions() + " in " + policy.algorithm().tables()
                    + ". Restore with the options of the snapshot, or start without it."));
        }
    }

    @Override
    public void processElement(StreamRecord<ValuedTransition> element) throws Exception {
        ValuedTransition transition = element.getValue();
        QRow known = rows.value();
        QRow row = known == null ? learner.untouchedRow() : known;
        try {
            sample(learner.apply(row, transition));
        } catch (RejectedException rejected) {
            output.collect(DeadLetters.TAG, element.replace(deadLetters.letter(transition.source(), rejected)));
            return;
        }
        experiencesApplied.inc();
        boolean greedyChanged = learner.chooseGreedy(row);
        publish(transition.state(), row);
        UpdateReason reason = reasonToAnnounce(row, greedyChanged);
        if (reason != null) {
            announce(element, transition.state(), row, reason);
        }
        if (known == null || !rowsAreReferences) {
            rows.update(row);
        }
    }

    private void sample(double absoluteTdError) {
        if ((experiencesApplied.getCount() & (TD_ERROR_SAMPLED_ONE_IN - 1)) == 0) {
            absoluteTdErrorMicros.update((long) (MICROS * absoluteTdError));
        }
    }

    private @Nullable UpdateReason reasonToAnnounce(QRow row, boolean greedyChanged) {
        if (row.version() == 0) {
            return UpdateReason.FIRST;
        }
        if (greedyChanged) {
            return UpdateReason.GREEDY_ACTION_CHANGED;
        }
        if (row.epoch() != epoch) {
            return UpdateReason.RESTORED;
        }
        return learner.valueMoved(row) ? UpdateReason.VALUE_CHANGED : null;
    }

    private void announce(StreamRecord<ValuedTransition> element, StateKey key, QRow row, UpdateReason reason) {
        row.announced(epoch);
        long now = getProcessingTimeService().getCurrentProcessingTime();
        output.collect(element.replace(Announcement.of(key, row, reason, now)));
        policyUpdatesSent.inc();
    }

    /** Writes what changed of the row where BOOTSTRAP reads it. */
    private void publish(StateKey key, QRow row) {
        Algorithm algorithm = policy.algorithm();
        algorithm.bootstrapValues(row, bootstrapValues);
        if (row.address() == QRow.NOWHERE) {
            row.settleAt(view.addressOf(key));
        }
        if (row.address() == QRow.NOWHERE) {
            row.settleAt(view.add(key, bootstrapValues, bootstrapValues.length));
        } else if (row.publish(bootstrapValues[0]) || bootstrapValues.length > 1) {
            view.write(row.address(), bootstrapValues, bootstrapValues.length);
        }
    }

    @Override
    public void close() throws Exception {
        Shard.leave(shard);
        super.close();
    }
}
