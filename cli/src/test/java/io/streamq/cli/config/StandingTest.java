package io.streamq.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.cli.config.ControlTopics.Place;
import io.streamq.schemas.PolicyConfigOutcome;
import io.streamq.schemas.PolicyConfigStatus;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StandingTest {
    private static final Place PLACE = new Place(0, 20);

    private static PolicyConfigStatus word(int shard, PolicyConfigOutcome outcome, long offset, boolean durable) {
        return PolicyConfigStatus.newBuilder()
                .setPolicyId("lake")
                .setShard(shard)
                .setShards(2)
                .setOutcome(outcome)
                .setViolations(outcome == PolicyConfigOutcome.REFUSED ? List.of("no") : List.of())
                .setPartition(0)
                .setOffset(offset)
                .setEpoch(1)
                .setUpdatedAt(Instant.EPOCH)
                .setDurable(durable)
                .build();
    }

    private static Standing standing(PolicyConfigStatus... words) {
        return new Standing(List.of(words));
    }

    /** A valid one at that place, as far as the control topic tells. */
    private static Configured valid(Place place) {
        return new Configured(ConfigFields.defaults(), null, place, List.of());
    }

    @Test
    void aChangeIsInForceWhenAllShardsHaveItAndDurableWhenAllSaySo() {
        PolicyConfigStatus first = word(0, PolicyConfigOutcome.APPLIED, 20, true);
        assertThat(standing(first, word(1, PolicyConfigOutcome.APPLIED, 19, true))
                        .describe(valid(PLACE)))
                .isEqualTo("on 1 of 2 shards");
        assertThat(standing(first, word(1, PolicyConfigOutcome.APPLIED, 20, false))
                        .describe(valid(PLACE)))
                .isEqualTo("in force, in no checkpoint yet");
        assertThat(standing(first, word(1, PolicyConfigOutcome.APPLIED, 20, true))
                        .describe(valid(PLACE)))
                .isEqualTo("in force");
    }

    @Test
    void aLaterRefusalTellsThatAnEarlierChangeIsInForce() {
        Standing standing = standing(
                word(0, PolicyConfigOutcome.REFUSED, 21, true), word(1, PolicyConfigOutcome.APPLIED, 20, true));
        assertThat(standing.isDurable(PLACE)).isTrue();
        assertThat(standing(
                                word(0, PolicyConfigOutcome.REFUSED, 21, false),
                                word(1, PolicyConfigOutcome.APPLIED, 20, true))
                        .describe(valid(PLACE)))
                .isEqualTo("in force, in no checkpoint yet");
        assertThat(standing.violations(PLACE)).isEmpty();
        assertThat(standing.violations(new Place(0, 21))).containsExactly("no");
    }

    @Test
    void aDeletedPolicyIsGoneWhenNoShardIsSetBackBehindIt() {
        Configured deleted = new Configured(null, null, PLACE, List.of());
        PolicyConfigStatus first = word(0, PolicyConfigOutcome.DELETED, 20, true);
        Standing begun = standing(first, word(1, PolicyConfigOutcome.APPLIED, 19, true));
        assertThat(begun.describe(deleted)).isEqualTo("deleted: on 1 of 2 shards");
        assertThat(begun.isGone(deleted)).isFalse();
        assertThat(standing(first, word(1, PolicyConfigOutcome.DELETED, 20, false))
                        .isGone(deleted))
                .isFalse();
        Standing gone = standing(first, word(1, PolicyConfigOutcome.DELETED, 20, true));
        assertThat(gone.isGone(deleted)).isTrue();
        assertThat(gone.isGone(valid(PLACE))).isFalse();
    }

    /** A job does not say again of each that it refused. */
    @Test
    void whatCannotBeInForceIsRefusedAlsoWhereNoShardSaysSo() {
        Configured refused = new Configured(null, null, PLACE, List.of("actions must be more"));
        assertThat(Standing.SILENT.describe(refused)).isEqualTo("refused");
        assertThat(Standing.SILENT.violations(refused)).containsExactly("actions must be more");
        Standing earlier = standing(
                word(0, PolicyConfigOutcome.APPLIED, 19, true), word(1, PolicyConfigOutcome.APPLIED, 19, true));
        assertThat(earlier.describe(refused)).isEqualTo("refused");
        assertThat(standing(word(0, PolicyConfigOutcome.REFUSED, 20, true)).violations(refused))
                .containsExactly("no");
    }

    @Test
    void whatAJobOfALaterReleaseTookIsInForceThoughThisOneDoesNotKnowIt() {
        Configured unknown = new Configured(null, null, PLACE, List.of("algorithm.kind must be one that is known"));
        Standing standing = standing(
                word(0, PolicyConfigOutcome.APPLIED, 20, true), word(1, PolicyConfigOutcome.APPLIED, 20, true));
        assertThat(standing.describe(unknown)).isEqualTo("in force");
        assertThat(standing.violations(unknown)).isEmpty();
    }
}
