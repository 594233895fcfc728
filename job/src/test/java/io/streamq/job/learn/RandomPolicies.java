package io.streamq.job.learn;

import io.streamq.job.policy.PolicyConfigs;
import io.streamq.job.record.PolicyControl;
import io.streamq.job.record.SourceRecord;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.Transition;
import io.streamq.learning.ActionSet;
import io.streamq.schemas.AlgorithmConfig;
import io.streamq.schemas.AlgorithmKind;
import io.streamq.schemas.EmissionConfig;
import io.streamq.schemas.LimitsConfig;
import io.streamq.schemas.PolicyConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Experience and configurations of chance. */
final class RandomPolicies {
    /** Its configurations never make an experience invalid nor forget any: each counts exactly once. */
    static final String TUNED = "tuned";
    /** The same, and experiences come twice: each counts once, as its rows remember all. */
    static final String REMEMBERED = "remembered";
    /** Frozen, reset, deleted, created anew, of other limits, actions, algorithms: whatever there is. */
    static final String WILD = "wild";
    /** The same, and configured only late, if ever. */
    static final String LATE = "late";
    /** Nobody ever configures it. */
    static final String UNKNOWN = "unknown";

    private static final List<String> POLICIES = List.of(TUNED, REMEMBERED, WILD, LATE, UNKNOWN);
    private static final int STATES = 6;

    private final SplittableRandom random;
    private final List<Transition> sent = new ArrayList<>();
    /** By policyId, the last configuration of those of whatever kind. */
    private final Map<String, PolicyConfig> lastWild = new HashMap<>();

    private long offset;
    private int tunedActions = 2;
    private long wildGeneration;

    RandomPolicies(SplittableRandom random) {
        this.random = random;
    }

    private boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    @SafeVarargs
    private <T> T any(T... values) {
        return values[random.nextInt(values.length)];
    }

    /** Two actions, halfway, and the experiences that rows remember, if it is that policy. */
    static PolicyControl first(String policyId) {
        return PolicyConfigs.control(policyId, remembering(PolicyConfigs.halfway(), policyId), 0);
    }

    private static PolicyConfig.Builder remembering(PolicyConfig.Builder config, String policyId) {
        return policyId.equals(REMEMBERED)
                ? config.setLimitsBuilder(LimitsConfig.newBuilder().setDuplicateWindow(4096))
                : config;
    }

    Transition experience() {
        String policyId = POLICIES.get(random.nextInt(POLICIES.size()));
        boolean mayBeInvalid = policyId.equals(WILD) || policyId.equals(LATE);
        if (policyId.equals(REMEMBERED) && oneIn(3)) {
            List<Transition> before = sent.stream()
                    .filter(transition -> transition.state().policyId().equals(REMEMBERED))
                    .toList();
            if (!before.isEmpty()) {
                return before.get(random.nextInt(before.size()));
            }
        }
        boolean terminated = oneIn(4);
        int action = mayBeInvalid && oneIn(4) ? random.nextInt(4) : random.nextInt(2);
        long[] legal = mayBeInvalid && oneIn(10) ? ActionSet.of(4, action, random.nextInt(4)) : null;
        Transition transition = new Transition(
                StateKey.of(policyId, "s" + random.nextInt(STATES)),
                terminated ? null : StateKey.of(policyId, "s" + random.nextInt(STATES)),
                action,
                random.nextInt(-8, 9),
                oneIn(10) ? 0.25 : Double.NaN,
                random.nextLong(),
                mayBeInvalid && oneIn(3) ? -1 : random.nextInt(mayBeInvalid ? 4 : 2),
                legal,
                new SourceRecord(0, offset++, -1, null, new byte[] {1}));
        sent.add(transition);
        return transition;
    }

    PolicyControl control() {
        String policyId = any(TUNED, TUNED, REMEMBERED, WILD, WILD, WILD, LATE, LATE);
        boolean isWild = policyId.equals(WILD) || policyId.equals(LATE);
        if (isWild && oneIn(6)) {
            return new PolicyControl(policyId, null, 0, ++offset, 0);
        }
        PolicyConfig.Builder config = isWild ? wild(policyId) : tuned(policyId);
        return PolicyConfigs.control(policyId, config, ++offset);
    }

    private PolicyConfig.Builder tuned(String policyId) {
        tunedActions += oneIn(4) ? 1 : 0;
        return remembering(PolicyConfigs.halfway(), policyId)
                .setActions(tunedActions)
                .setDiscount(any(0.0, 0.5, 1.0))
                .setInitialQ(any(-4.0, 0.0, 4.0))
                .setAlgorithmBuilder(algorithm())
                .setEmissionBuilder(emission());
    }

    private AlgorithmConfig.Builder algorithm() {
        return AlgorithmConfig.newBuilder()
                .setKind(any(
                        AlgorithmKind.Q_LEARNING,
                        AlgorithmKind.DOUBLE_Q_LEARNING,
                        AlgorithmKind.EXPECTED_SARSA,
                        AlgorithmKind.SARSA));
    }

    private EmissionConfig.Builder emission() {
        return EmissionConfig.newBuilder()
                .setMargin(any(0.0, 0.0, 0.5))
                .setMinimumVisits(any(1, 1, 3))
                .setMinimumIntervalMillis(any(0, 0, 500))
                .setValueTolerance(any(null, null, 0.0, 1.0))
                .setHeartbeatMillis(any(null, null, 1000L));
    }

    /** Often the last one frozen or thawed, and no more: a change that goes over few rows. */
    private PolicyConfig.Builder wild(String policyId) {
        PolicyConfig last = lastWild.get(policyId);
        PolicyConfig.Builder next =
                last != null && oneIn(3) ? PolicyConfig.newBuilder(last).setFrozen(!last.getFrozen()) : wild();
        lastWild.put(policyId, next.build());
        return next;
    }

    private PolicyConfig.Builder wild() {
        wildGeneration += oneIn(5) ? 1 : 0;
        return PolicyConfigs.halfway()
                .setActions(any(0, 2, 2, 2, 3, 4)) // the first is refused, and fewer than before may be
                .setGeneration(wildGeneration - (oneIn(8) ? 1 : 0)) // one that falls is refused
                .setFrozen(oneIn(3))
                .setInitialQ(any(-4.0, 0.0, 4.0))
                .setAlgorithmBuilder(algorithm())
                .setEmissionBuilder(emission())
                .setLimitsBuilder(LimitsConfig.newBuilder()
                        .setStateBytes(any(1, 100, 100, 100))
                        .setRows(any(null, null, 1L, 4L))
                        .setTimeToLiveMillis(any(null, null, 1000L))
                        .setDuplicateWindow(any(0, 3)));
    }
}
