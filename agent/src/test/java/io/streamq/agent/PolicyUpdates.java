package io.streamq.agent;

import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.PolicyKey;
import io.streamq.schemas.PolicyUpdate;
import io.streamq.schemas.UpdateReason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;

/** Records of the policy topic as the job writes them. */
final class PolicyUpdates {
    private static final AvroCodec<PolicyUpdate> CODEC = AvroCodec.policyUpdate();

    private PolicyUpdates() {}

    static PolicyUpdate update(String state, long epoch, long version, int action, Double... qValues) {
        return PolicyUpdate.newBuilder()
                .setPolicyId("lake")
                .setState(state)
                .setAction(action)
                .setValue(qValues[action])
                .setQValues(Arrays.asList(qValues))
                .setVisits(Collections.nCopies(qValues.length, 5L))
                .setUpdates(5L * qValues.length)
                .setVersion(version)
                .setEpoch(epoch)
                .setReason(UpdateReason.GREEDY_ACTION_CHANGED)
                .setUpdatedAt(Instant.EPOCH)
                .build();
    }

    static byte[] key(PolicyUpdate update) {
        return new PolicyKey(update.getPolicyId(), update.getState()).toBytes();
    }

    static byte[] key(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] value(PolicyUpdate update) {
        return CODEC.encode(update);
    }
}
