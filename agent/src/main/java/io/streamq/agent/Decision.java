package io.streamq.agent;

import io.streamq.schemas.Experience;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an agent decided to do, and on what grounds.
 *
 * @param action 0-based
 * @param policyVersion version of the policy update it rests on; {@link #NO_VERSION} if there was none for the state
 * @param behaviorProbability probability with which this action is chosen in this situation, in (0, 1]
 * @param legalActions those that were legal, the lowest first; {@code null} if all were, or nobody said
 */
public record Decision(
        int action,
        long policyVersion,
        double behaviorProbability,
        @Nullable List<Integer> legalActions) {
    /** The policy knew nothing of the state. */
    public static final long NO_VERSION = -1;

    /** A decision among all actions. */
    public Decision(int action, long policyVersion, double behaviorProbability) {
        this(action, policyVersion, behaviorProbability, null);
    }

    Decision among(List<Integer> legal) {
        return new Decision(action, policyVersion, behaviorProbability, legal);
    }

    /**
     * Records the action and its grounds in an experience, legal actions included: the job bootstraps and announces among all actions
     * of a state as long as nobody tells it which are legal.
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
