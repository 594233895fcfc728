package io.streamq.agent;

import io.streamq.schemas.Experience;

/**
 * What an agent decided to do, and on what grounds.
 *
 * @param action 0-based
 * @param policyVersion version of the policy update it rests on; {@link #NO_VERSION} if there was none for the state
 * @param behaviorProbability probability with which this action is chosen in this situation, in (0, 1]
 */
public record Decision(int action, long policyVersion, double behaviorProbability) {
    /** The policy knew nothing of the state. */
    public static final long NO_VERSION = -1;

    /** Records the action and its grounds in an experience. */
    public Experience.Builder stamp(Experience.Builder experience) {
        return experience
                .setAction(action)
                .setPolicyVersion(policyVersion == NO_VERSION ? null : policyVersion)
                .setBehaviorProbability(behaviorProbability);
    }
}
