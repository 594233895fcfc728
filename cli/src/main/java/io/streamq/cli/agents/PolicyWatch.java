package io.streamq.cli.agents;

import io.streamq.agent.PolicyListener;
import io.streamq.agent.StatePolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Notices when the policy that agents follow does not seem to learn from them: it has another number of actions than their world, or
 * nothing of it arrives. Neither stops them, as the policy may get its actions, and the job may start, while they run.
 */
final class PolicyWatch implements PolicyListener {
    private static final Duration SILENCE = Duration.ofSeconds(10);

    private final String policyId;
    private final int worldActions;
    private final LongSupplier nanoTime;
    private final long begunAtNanos;

    private volatile boolean heard;
    /** Of the last row whose number differed from the world's; 0 if none did. */
    private volatile int otherActions;

    private boolean toldOfActions;
    private boolean toldOfSilence;

    /** @param nanoTime as {@link System#nanoTime} */
    PolicyWatch(String policyId, int worldActions, LongSupplier nanoTime) {
        this.policyId = policyId;
        this.worldActions = worldActions;
        this.nanoTime = nanoTime;
        this.begunAtNanos = nanoTime.getAsLong();
    }

    @Override
    public void updated(StatePolicy policy) {
        heard = true;
        if (policy.actions() != worldActions) {
            otherActions = policy.actions();
        }
    }

    /** The warnings due now, a sentence each; each is given once. */
    List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        int other = otherActions;
        if (other != 0 && !toldOfActions) {
            toldOfActions = true;
            warnings.add("policy '" + policyId + "' has " + other + " actions and this world has " + worldActions + ": "
                    + (other < worldActions
                            ? "a job with " + other + " rejects experience with " + actions(other, worldActions)
                            : "no agent takes " + actions(worldActions, other) + " here"));
        }
        if (!heard && !toldOfSilence && nanoTime.getAsLong() - begunAtNanos >= SILENCE.toNanos()) {
            toldOfSilence = true;
            warnings.add("nothing was heard of policy '" + policyId + "' for " + SILENCE.toSeconds()
                    + " s: is a job running?");
        }
        return warnings;
    }

    private static String actions(int first, int end) {
        return first == end - 1 ? "action " + first : "actions " + first + " to " + (end - 1);
    }
}
