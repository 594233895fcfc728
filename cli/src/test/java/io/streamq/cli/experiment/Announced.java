package io.streamq.cli.experiment;

import io.streamq.agent.StatePolicy;
import io.streamq.schemas.PolicyUpdate;
import io.streamq.schemas.UpdateReason;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;

/** Rows as agents receive them. */
final class Announced {
    private Announced() {}

    static StatePolicy row(int state, long updates, long atMillis, double... qValues) {
        int greedy = 0;
        for (int action = 1; action < qValues.length; action++) {
            greedy = qValues[action] > qValues[greedy] ? action : greedy;
        }
        return StatePolicy.of(PolicyUpdate.newBuilder()
                .setPolicyId("p")
                .setState("" + state)
                .setAction(greedy)
                .setValue(qValues[greedy])
                .setQValues(Arrays.stream(qValues).boxed().toList())
                .setVisits(Collections.nCopies(qValues.length, 0L))
                .setUpdates(updates)
                .setVersion(updates)
                .setEpoch(1)
                .setReason(UpdateReason.VALUE_CHANGED)
                .setUpdatedAt(Instant.ofEpochMilli(atMillis))
                .build());
    }
}
