package io.streamq.agent;

import static io.streamq.agent.PolicyUpdates.key;
import static io.streamq.agent.PolicyUpdates.update;
import static io.streamq.agent.PolicyUpdates.value;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.agent.PolicyTable.Outcome;
import io.streamq.schemas.PolicyUpdate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PolicyTableTest {
    private final List<String> heard = new ArrayList<>();
    private final PolicyListener listener = new PolicyListener() {
        @Override
        public void updated(StatePolicy policy) {
            heard.add("updated " + policy.state() + " to " + policy.action());
        }

        @Override
        public void removed(StatePolicy last) {
            heard.add("removed " + last.state());
        }
    };
    private final PolicyTable table = new PolicyTable("lake", listener);

    private Outcome apply(PolicyUpdate update) {
        return apply(key(update), value(update));
    }

    private Outcome apply(byte[] key, byte[] value) {
        return table.apply(key, value, PolicyTable.NO_EPOCH);
    }

    @Test
    void anUpdateIsHeldAsItWasSent() {
        assertThat(apply(update("s/1", 3, 7, 1, 0.25, 0.5))).isEqualTo(Outcome.UPDATED);

        StatePolicy held = table.get("s/1");
        assertThat(held.state()).isEqualTo("s/1");
        assertThat(held.policyId()).isEqualTo("lake");
        assertThat(held.action()).isEqualTo(1);
        assertThat(held.value()).isEqualTo(0.5);
        assertThat(held.qValues()).containsExactly(0.25, 0.5);
        assertThat(held.visits(0)).isEqualTo(5);
        assertThat(held.updates()).isEqualTo(10);
        assertThat(held.epoch()).isEqualTo(3);
        assertThat(held.version()).isEqualTo(7);
    }

    @Test
    void theGreaterVersionOfAnEpochWins() {
        apply(update("s", 1, 2, 1, 0.0, 1.0));
        assertThat(apply(update("s", 1, 1, 0, 1.0, 0.0))).isEqualTo(Outcome.STALE);
        assertThat(apply(update("s", 1, 3, 0, 1.0, 0.0))).isEqualTo(Outcome.UPDATED);
        assertThat(table.get("s").version()).isEqualTo(3);
    }

    @Test
    void aLateRecordOfADeadAttemptLosesWhateverItsVersion() {
        apply(update("s", 2, 1, 1, 0.0, 1.0));
        assertThat(apply(update("s", 1, 99, 0, 1.0, 0.0))).isEqualTo(Outcome.STALE);
        assertThat(table.get("s").action()).isEqualTo(1);
    }

    @Test
    void aGreaterEpochWinsWithASmallerVersion() {
        apply(update("s", 1, 99, 0, 1.0, 0.0));
        assertThat(apply(update("s", 2, 1, 1, 0.0, 1.0))).isEqualTo(Outcome.UPDATED);
        assertThat(table.get("s").action()).isEqualTo(1);
    }

    @Test
    void theSameRecordTwiceIsNewsOnce() {
        PolicyUpdate update = update("s", 1, 1, 0, 1.0);
        apply(update);
        assertThat(apply(update)).isEqualTo(Outcome.STALE);
        assertThat(table.changes()).isEqualTo(1);
    }

    @Test
    void aTombstoneRemovesOnce() {
        apply(update("s", 2, 5, 0, 1.0));
        assertThat(apply(key("lake/s"), null)).isEqualTo(Outcome.REMOVED);
        assertThat(table.get("s")).isNull();
        assertThat(apply(key("lake/s"), null)).isEqualTo(Outcome.STALE);
    }

    @Test
    void aForgottenRowThatBeginsAnewIsTaken() {
        apply(update("s", 2, 5, 0, 1.0));
        apply(key("lake/s"), null);
        assertThat(apply(update("s", 2, 6, 0, 1.0))).isEqualTo(Outcome.UPDATED);
        apply(key("lake/s"), null);
        assertThat(apply(update("s", 3, 1, 0, 1.0))).isEqualTo(Outcome.UPDATED);
        assertThat(table.get("s").epoch()).isEqualTo(3);
    }

    @Test
    void aLateRecordOfADeadAttemptDoesNotRaiseWhatWasForgotten() {
        apply(update("s", 2, 5, 0, 1.0));
        apply(key("lake/s"), null);
        assertThat(apply(update("s", 1, 99, 0, 1.0))).isEqualTo(Outcome.STALE);
        assertThat(apply(update("s", 2, 5, 0, 1.0))).isEqualTo(Outcome.STALE);
        apply(key("lake/s"), null);
        assertThat(apply(update("s", 2, 4, 0, 1.0))).isEqualTo(Outcome.STALE);
        assertThat(table.get("s")).isNull();
    }

    @Test
    void aLateTombstoneOfADeadAttemptRemovesNothingThatItsSuccessorAnnounced() {
        apply(update("s", 2, 5, 0, 1.0));
        assertThat(table.apply(key("lake/s"), null, 1)).isEqualTo(Outcome.STALE);
        assertThat(table.get("s")).isNotNull();
        assertThat(table.apply(key("lake/s"), null, 2)).isEqualTo(Outcome.REMOVED);
    }

    @Test
    void aLateRecordOfADeadAttemptDoesNotRaiseWhatItsSuccessorForgot() {
        apply(update("s", 2, 5, 0, 1.0));
        assertThat(table.apply(key("lake/s"), null, 3)).isEqualTo(Outcome.REMOVED);
        assertThat(apply(update("s", 2, 6, 0, 1.0))).isEqualTo(Outcome.STALE);
        assertThat(table.get("s")).isNull();
        assertThat(apply(update("s", 3, 1, 0, 1.0))).isEqualTo(Outcome.UPDATED);
    }

    @Test
    void aLateRecordOfADeadAttemptDoesNotBringWhatItsSuccessorDenied() {
        assertThat(table.apply(key("lake/s"), null, 3)).isEqualTo(Outcome.STALE);
        assertThat(table.apply(key("lake/s"), null, 2)).isEqualTo(Outcome.STALE);
        assertThat(apply(update("s", 2, 6, 0, 1.0))).isEqualTo(Outcome.STALE);
        assertThat(apply(update("s", 3, 1, 0, 1.0))).isEqualTo(Outcome.UPDATED);
    }

    @Test
    void aTombstoneThatDoesNotSayByWhichAttemptForbidsNothingOfWhatWasNeverHeld() {
        apply(key("lake/s"), null);
        assertThat(apply(update("s", 1, 1, 0, 1.0))).isEqualTo(Outcome.UPDATED);
    }

    @Test
    void ofTheForgottenOnlySoManyAreRememberedAndTheOldestGoFirst() {
        for (int state = 0; state <= PolicyTable.GRAVES; state++) {
            apply(update("s" + state, 2, 5, 0, 1.0));
            apply(key("lake/s" + state), null);
        }
        assertThat(apply(update("s1", 1, 9, 0, 1.0))).isEqualTo(Outcome.STALE);
        assertThat(apply(update("s0", 1, 9, 0, 1.0))).isEqualTo(Outcome.UPDATED);
    }

    @Test
    void theListenerHearsOfChangesOnlyAndInOrder() {
        apply(update("s", 1, 2, 1, 0.0, 1.0));
        apply(update("s", 1, 1, 0, 1.0, 0.0));
        apply(key("lake/s"), null);
        apply(key("lake/s"), null);
        assertThat(heard).containsExactly("updated s to 1", "removed s");
    }

    @Test
    void recordsOfOtherPoliciesAreSkippedUnread() {
        assertThat(apply(key("lakeside/s"), new byte[] {1, 2, 3})).isEqualTo(Outcome.FOREIGN);
        assertThat(apply(key("la"), new byte[] {1, 2, 3})).isEqualTo(Outcome.FOREIGN);
        assertThat(table.rejections()).isZero();
    }

    @Test
    void withoutAPolicyIdEveryPolicyIsHeldUnderItsWholeKey() {
        PolicyTable all = new PolicyTable(null, listener);
        PolicyUpdate lake = update("s", 1, 1, 0, 1.0);
        PolicyUpdate cliff = PolicyUpdate.newBuilder(lake).setPolicyId("cliff").build();
        all.apply(key(lake), value(lake), PolicyTable.NO_EPOCH);
        all.apply(key(cliff), value(cliff), PolicyTable.NO_EPOCH);
        assertThat(all.copy()).containsOnlyKeys("lake/s", "cliff/s");
    }

    @Test
    void rowsHoldNoStringTwice() {
        apply(update("s", 1, 1, 0, 1.0));
        apply(update("s", 1, 2, 0, 1.0));
        apply(update("t", 1, 1, 0, 1.0));
        assertThat(table.get("s").policyId()).isSameAs(table.get("t").policyId());
        assertThat(table.copy())
                .allSatisfy((key, row) -> assertThat(row.state()).isSameAs(key));
    }

    @Test
    void whatIsNoPolicyUpdateIsCountedAndChangesNothing() {
        apply(update("s", 1, 1, 0, 1.0));
        byte[] good = value(update("s", 1, 2, 0, 1.0));
        byte[] unknownSchema = good.clone();
        unknownSchema[5] ^= 1;

        assertThat(apply(null, good)).isEqualTo(Outcome.REJECTED);
        assertThat(apply(key("lake/s"), new byte[0])).isEqualTo(Outcome.REJECTED);
        assertThat(apply(key("lake/s"), key("garbage"))).isEqualTo(Outcome.REJECTED);
        assertThat(apply(key("lake/s"), unknownSchema)).isEqualTo(Outcome.REJECTED);
        assertThat(apply(key("lake/other"), good)).isEqualTo(Outcome.REJECTED);
        assertThat(table.rejections()).isEqualTo(5);
        assertThat(table.get("s").version()).isEqualTo(1);
        assertThat(table.size()).isEqualTo(1);
    }

    private static byte[] ofUnknownSchema() {
        byte[] value = value(update("s", 1, 1, 0, 1.0));
        value[5] ^= 1; // of the schema's fingerprint
        return value;
    }

    @Test
    void aStateIsUnreadableUntilItIsToldOfAgain() {
        byte[] unknownSchema = ofUnknownSchema();
        apply(key("lake/s"), unknownSchema);
        apply(key("lake/t"), unknownSchema);
        apply(key("lakeside/s"), unknownSchema);
        assertThat(table.unreadable()).isEqualTo(2);
        apply(update("s", 2, 1, 0, 1.0));
        assertThat(table.unreadable()).isOne();
        apply(key("lake/t"), null);
        assertThat(table.unreadable()).isZero();
    }

    @Test
    void lateUpdatesOfDeadAttemptsLeaveAStateUnreadable() {
        apply(update("s", 4, 1, 0, 1.0));
        apply(update("t", 5, 1, 0, 1.0));
        apply(key("lake/s"), ofUnknownSchema());
        assertThat(apply(update("s", 4, 1, 0, 1.0))).isEqualTo(Outcome.STALE);
        assertThat(apply(update("s", 5, 1, 0, 1.0))).isEqualTo(Outcome.UPDATED);
        assertThat(table.unreadable()).isOne();
        apply(update("s", 6, 1, 0, 1.0));
        assertThat(table.unreadable()).isZero();
    }

    @Test
    void lateTombstonesOfDeadAttemptsLeaveAStateUnreadable() {
        apply(update("s", 5, 1, 0, 1.0));
        apply(key("lake/s"), ofUnknownSchema());
        assertThat(table.apply(key("lake/s"), null, 4)).isEqualTo(Outcome.STALE);
        assertThat(table.apply(key("lake/s"), null, 5)).isEqualTo(Outcome.REMOVED);
        assertThat(table.unreadable()).isOne();
        assertThat(table.apply(key("lake/s"), null, 6)).isEqualTo(Outcome.STALE);
        assertThat(table.unreadable()).isZero();
    }

    @Test
    void whatAnAttemptOfALaterReleaseForgetsIsReadableThoughItForgotOtherStatesBefore() {
        apply(update("s", 5, 1, 0, 1.0));
        // Each subtask of an attempt has an epoch of its own.
        assertThat(table.apply(key("lake/s"), null, 7)).isEqualTo(Outcome.REMOVED);
        apply(key("lake/t"), ofUnknownSchema());
        table.apply(key("lake/t"), null, 6);
        assertThat(table.unreadable()).isZero();
    }

    @Test
    void anUpdateThatContradictsItselfIsRejected() {
        PolicyUpdate beyond = PolicyUpdate.newBuilder(update("s", 1, 1, 0, 1.0, 0.0))
                .setAction(2)
                .build();
        PolicyUpdate unequal = PolicyUpdate.newBuilder(update("s", 1, 1, 0, 1.0, 0.0))
                .setVisits(List.of(1L))
                .build();
        assertThat(apply(beyond)).isEqualTo(Outcome.REJECTED);
        assertThat(apply(unequal)).isEqualTo(Outcome.REJECTED);
    }
}
