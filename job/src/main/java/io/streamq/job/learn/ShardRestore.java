package io.streamq.job.learn;

import io.streamq.job.record.StateKey;
import io.streamq.learning.QRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.runtime.execution.SuppressRestartsException;

/** Restores what a shard keeps besides its rows: the view, the counts, the orders of rows. Confined to LEARN's thread. */
final class ShardRestore {
    /** Rows gone over between two looks at whether the task is cancelled. */
    private static final int ROWS_AT_A_STRETCH = 1 << 12;

    private final ShardPolicies policies;
    private final RunningClock clock;
    private final Map<ShardPolicy, Upkeep.Orders> orders = new HashMap<>();
    /** Rows whose time is to be kept and was not: their policies had no limit that forgets rows. */
    private final List<StateKey> untimed = new ArrayList<>();

    private long lastEpoch;
    private long goneOver;

    ShardRestore(ShardPolicies policies, RunningClock clock) {
        this.policies = policies;
        this.clock = clock;
    }

    /**
     * Reads all rows.
     *
     * @param epochBefore the greatest of the snapshot's attempt, as far as known
     * @param attempt how often the job was tried before
     * @return an epoch greater than that, and than any in which they were announced
     * @throws SuppressRestartsException if a row does not fit its policy's rules
     * @throws InterruptedException if the task is cancelled meanwhile
     */
    long run(QTable table, long nowMillis, long epochBefore, int attempt) throws Exception {
        lastEpoch = epochBefore;
        table.restore((key, row) -> {
            stopIfCancelled();
            ShardPolicy policy = requireFit(key, row);
            table.publish(key, row, policy.rules());
            orders.computeIfAbsent(policy, any -> new Upkeep.Orders(nowMillis, clock))
                    .add(key, row, policy.rules());
            if (policy.rules().limits().forgets() && row.touchedAtMillis() == 0) {
                untimed.add(key);
            }
            lastEpoch = Math.max(lastEpoch, row.epoch());
        });
        restoreOrders();
        keepTimes(table, nowMillis);
        // The clock orders attempts that restored the same checkpoint; if it went back, the rows and their number do.
        return Math.max(nowMillis, lastEpoch + 1 + attempt);
    }

    /** Hands each policy its orders, and lets go of them before the next, or all would be in memory twice. */
    private void restoreOrders() {
        orders.entrySet().removeIf(each -> {
            each.getValue().restoreTo(each.getKey());
            return true;
        });
    }

    /** Saves the time that the orders assumed for rows without one, or it would begin again at each restart. */
    private void keepTimes(QTable table, long nowMillis) throws Exception {
        for (StateKey key : untimed) {
            stopIfCancelled();
            Objects.requireNonNull(table.row(key)).touched(clock.read(nowMillis));
            table.note(key);
        }
    }

    /** Or Flink, when it has waited in vain for the task to end, ends the whole TaskManager. */
    private void stopIfCancelled() throws InterruptedException {
        goneOver++;
        if (goneOver % ROWS_AT_A_STRETCH == 0 && Thread.interrupted()) {
            throw new InterruptedException("cancelled after going over " + goneOver + " rows to restore them");
        }
    }

    private ShardPolicy requireFit(StateKey key, QRow row) {
        ShardPolicy policy = policies.ofRestored(key);
        if (policy == null) {
            throw misfit(key + " is of a policy that nobody configured, and " + policies.whyUnknown()
                    + ". Restore with the options of the snapshot, or start without it.");
        }
        if (!policy.learner().fits(row)) {
            throw misfit(key + " has " + row.actions() + " actions in " + row.tables()
                    + " table(s), but the options say "
                    + policy.rules().actions() + " in "
                    + policy.rules().algorithm().tables()
                    + ". Restore with the options of the snapshot and change the policy with './streamq config set',"
                    + " or start without the snapshot.");
        }
        return policy;
    }

    private static SuppressRestartsException misfit(String why) {
        return new SuppressRestartsException(
                new IllegalStateException("the options must fit the restored rows: " + why));
    }
}
