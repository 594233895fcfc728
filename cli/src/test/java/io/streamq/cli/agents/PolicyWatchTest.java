package io.streamq.cli.agents;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.agent.StatePolicy;
import io.streamq.schemas.PolicyUpdate;
import io.streamq.schemas.UpdateReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PolicyWatchTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE); // As nanoTime, it may overflow.

    private PolicyWatch watch(int worldActions) {
        return new PolicyWatch("lake", worldActions, nanos::get);
    }

    private static StatePolicy row(int actions) {
        return StatePolicy.of(PolicyUpdate.newBuilder()
                .setPolicyId("lake")
                .setState("s")
                .setAction(0)
                .setValue(0.5)
                .setQValues(Collections.nCopies(actions, 0.5))
                .setVisits(Collections.nCopies(actions, 1L))
                .setUpdates(1)
                .setVersion(1)
                .setEpoch(1)
                .setReason(UpdateReason.FIRST)
                .setUpdatedAt(Instant.EPOCH)
                .build());
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void anotherNumberOfActionsIsToldOnceWithWhatComesOfIt() {
        PolicyWatch fewer = watch(7);
        fewer.updated(row(4));
        assertThat(fewer.warnings())
                .containsExactly("policy 'lake' has 4 actions and this world has 7: a job with 4 rejects experience"
                        + " with actions 4 to 6");
        fewer.updated(row(4));
        assertThat(fewer.warnings()).isEmpty();

        PolicyWatch more = watch(4);
        more.updated(row(5));
        assertThat(more.warnings())
                .containsExactly("policy 'lake' has 5 actions and this world has 4: no agent takes action 4 here");
    }

    @Test
    void silenceIsToldOnceAfterTenSeconds() {
        PolicyWatch watch = watch(4);
        pass(Duration.ofMillis(9_999));
        assertThat(watch.warnings()).isEmpty();
        pass(Duration.ofMillis(1));
        assertThat(watch.warnings()).containsExactly("nothing was heard of policy 'lake' for 10 s: is a job running?");
        assertThat(watch.warnings()).isEmpty();
    }

    @Test
    void aPolicyOfTheWorldThatWasHeardOfMayBeSilent() {
        PolicyWatch watch = watch(4);
        watch.updated(row(4));
        pass(Duration.ofMinutes(1));
        assertThat(watch.warnings()).isEmpty();
    }
}
