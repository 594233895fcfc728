package io.streamq.agent;

import io.streamq.learning.ActionSet;
import io.streamq.learning.GreedyChoice;
import io.streamq.schemas.PolicyUpdate;
import io.streamq.schemas.UpdateReason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the newest {@link PolicyUpdate} of one state says. Immutable. */
public final class StatePolicy {
    private final String policyId;
    private final String state;
    private final int action;
    private final double value;
    private final double[] qValues;
    private final long[] visits;
    private final long updates;
    private final long version;
    private final long epoch;
    private final UpdateReason reason;
    private final Instant updatedAt;

    private StatePolicy(PolicyUpdate update) {
        this.policyId = update.getPolicyId();
        this.state = update.getState();
        this.action = update.getAction();
        this.value = update.getValue();
        this.qValues =
                update.getQValues().stream().mapToDouble(Double::doubleValue).toArray();
        this.visits = update.getVisits().stream().mapToLong(Long::longValue).toArray();
        this.updates = update.getUpdates();
        this.version = update.getVersion();
        this.epoch = update.getEpoch();
        this.reason = update.getReason();
        this.updatedAt = update.getUpdatedAt();
    }

    private StatePolicy(StatePolicy same, String policyId, String state) {
        this.policyId = policyId;
        this.state = state;
        this.action = same.action;
        this.value = same.value;
        this.qValues = same.qValues;
        this.visits = same.visits;
        this.updates = same.updates;
        this.version = same.version;
        this.epoch = same.epoch;
        this.reason = same.reason;
        this.updatedAt = same.updatedAt;
    }

    /**
     * What {@code update} says.
     *
     * @throws IllegalArgumentException if it contradicts itself: lists of unequal length, or a greedy action beyond them
     */
    public static StatePolicy of(PolicyUpdate update) {
        int actions = update.getQValues().size();
        if (update.getVisits().size() != actions || update.getAction() < 0 || update.getAction() >= actions) {
            throw new IllegalArgumentException(
                    "a policy update must have as many visits as qValues and a greedy action among them: got "
                            + actions + " qValues, " + update.getVisits().size() + " visits, action "
                            + update.getAction());
        }
        return new StatePolicy(update);
    }

    /** The same, with equal strings that are held anyway: each update that is read brings its own. */
    StatePolicy withStrings(String equalPolicyId, String equalState) {
        return new StatePolicy(this, equalPolicyId, equalState);
    }

    public String policyId() {
        return policyId;
    }

    public String state() {
        return state;
    }

    /** The number of actions of the policy. */
    public int actions() {
        return qValues.length;
    }

    /** The greedy action as it was announced, 0-based. */
    public int action() {
        return action;
    }

    /**
     * The announced action if it is legal, else the best legal one.
     *
     * @param legalActions as in {@link ActionSet}, not empty; {@code null} for all
     */
    public int action(long @Nullable [] legalActions) {
        return ActionSet.contains(legalActions, action) ? action : GreedyChoice.argmax(qValues, legalActions);
    }

    /** The legal action of greatest value, the lowest index among equals, whatever was announced as greedy. */
    int bestAction(long @Nullable [] legalActions) {
        return GreedyChoice.argmax(qValues, legalActions);
    }

    /** The value of the announced action. */
    public double value() {
        return value;
    }

    public double qValue(int ofAction) {
        return qValues[ofAction];
    }

    /** A copy of the row: one value per action. */
    public double[] qValues() {
        return qValues.clone();
    }

    /** Experiences applied to one action of this state. */
    public long visits(int ofAction) {
        return visits[ofAction];
    }

    /** Experiences applied to this state, all actions together. */
    public long updates() {
        return updates;
    }

    /** Orders the records of one epoch: it rises with each one sent for this state, and need not begin at 1. */
    public long version() {
        return version;
    }

    /** Orders the attempts of the job that send the records. */
    public long epoch() {
        return epoch;
    }

    public UpdateReason reason() {
        return reason;
    }

    /** When the record was created, by the job's clock. */
    public Instant updatedAt() {
        return updatedAt;
    }

    /** Whether this outdates {@code other}. */
    boolean supersedes(StatePolicy other) {
        return isAfter(other.epoch, other.version);
    }

    /** Whether this is newer: by epoch first, by version within an epoch. */
    boolean isAfter(long otherEpoch, long otherVersion) {
        return epoch != otherEpoch ? epoch > otherEpoch : version > otherVersion;
    }

    @Override
    public String toString() {
        return policyId + "/" + state + " -> " + action + " (value " + value + ", version " + version + " of epoch "
                + epoch + ")";
    }
}
