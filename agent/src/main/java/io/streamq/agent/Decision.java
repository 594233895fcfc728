package io.streamq.agent;

import io.streamq.schemas.Experience;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The action an agent chose, and on what basis.
 *
 * @param action 0-based
 * @param policyVersion version of the policy update it is based on; {@link #NO_VERSION} if the state had none
 * @param behaviorProbability probability with which this action is chosen in this situation, in (0, 1]
 * @param legalActions those that were legal, in ascending order; {@code null} if all were or none were named
 */
public record Decision(
        int action,
        long policyVersion,
        double behaviorProbability,
        @Nullable List<Integer> legalActions) {
    /** The policy did not know the state. */
    public static final long NO_VERSION = -1;

    /** A decision among all actions. */
    public Decision(int action, long policyVersion, double behaviorProbability) {
        this(action, policyVersion, behaviorProbability, null);
    }

    Decision among(List<Integer> legal) {
        return new Decision(action, policyVersion, behaviorProbability, legal);
    }

    /**
     * Records the action and its basis in an experience, including the legal actions: until told which actions of a state are legal,
     * the job bootstraps and announces among all of them.
     */
    public Experience.Builder stamp(Experience.Builder experience) {
        if (legalActions != null) {
            experience.setLegalActions(legalActions);
        }
        return experience
                .setAction(action)
                .setPolicyVersion(policyVersion == NO_VERSION ? null : policyVersion)
                .setBehaviorProbability(behaviorProbability);
    }
}
