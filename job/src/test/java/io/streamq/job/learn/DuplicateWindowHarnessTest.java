package io.streamq.job.learn;

import static io.streamq.job.learn.ShardHarness.in;
import static io.streamq.job.learn.ShardHarness.last;
import static io.streamq.job.policy.PolicyConfigs.control;
import static io.streamq.job.policy.PolicyConfigs.halfway;
import static io.streamq.job.policy.PolicyConfigs.limited;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.options.JobOptions.Policies;
import io.streamq.job.record.Transition;
import io.streamq.learning.QRow;
import io.streamq.schemas.LimitsConfig;
import io.streamq.schemas.PolicyConfig;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An experience that its row remembers is not applied again. */
class DuplicateWindowHarnessTest {
    private static PolicyConfig.Builder window(int size) {
        return limited(LimitsConfig.newBuilder().setDuplicateWindow(size));
    }

    private static ShardHarness shard(int window, Backend backend) throws Exception {
        return new ShardHarness(new Policies(null, 1000), List.of(control("p", window(window))), backend);
    }

    /** An experience of state "s". */
    private static Transition experience(long identity) {
        return last("s", 0, 4, identity);
    }

    private static long suppressed(ShardHarness shard) {
        return shard.count(StreamQMetrics.EXPERIENCES_SUPPRESSED);
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void anExperienceThatComesAgainIsNotAppliedAndIsCounted(Backend backend) throws Exception {
        try (ShardHarness shard = shard(4, backend).open()) {
            shard.learn(experience(-1), experience(2));
            QRow before = shard.row("s");
            assertThat(shard.learn(experience(-1), experience(2), experience(-1)))
                    .isEmpty();
            assertThat(shard.row("s")).isEqualTo(before);
            assertThat(suppressed(shard)).isEqualTo(3);
            assertThat(shard.count("policy.p." + StreamQMetrics.EXPERIENCES_SUPPRESSED))
                    .isEqualTo(3);
            assertThat(shard.count(StreamQMetrics.EXPERIENCES_APPLIED)).isEqualTo(2);
            assertThat(shard.deadLetters()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aRowRemembersAsManyAsTheWindowIsLong(Backend backend) throws Exception {
        try (ShardHarness shard = shard(3, backend).open()) {
            shard.learn(experience(1), experience(2), experience(3), experience(4)); // and so it forgot the first
            shard.learn(experience(2), experience(3), experience(4));
            assertThat(suppressed(shard)).isEqualTo(3);
            shard.learn(experience(1)); // applied; and so it forgot the second
            shard.learn(experience(2));
            assertThat(suppressed(shard)).isEqualTo(3);
            assertThat(shard.row("s").updates()).isEqualTo(6);
        }
    }

    @Test
    void eachRowRemembersForItself() throws Exception {
        try (ShardHarness shard = shard(4, Backend.HASHMAP).open()) {
            shard.learn(last("s", 0, 4, 1), last("t", 0, 4, 1));
            assertThat(suppressed(shard)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void whatARowRemembersSurvivesARestore(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = shard(2, backend).open()) {
            shard.learn(experience(1), experience(2), experience(3));
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard = shard(2, backend).open(snapshot)) {
            shard.learn(experience(2), experience(3));
            assertThat(suppressed(shard)).isEqualTo(2);
            shard.learn(experience(4), experience(2));
            assertThat(shard.row("s").updates()).isEqualTo(5);
        }
    }

    @Test
    void byDefaultNothingIsSuppressed() throws Exception {
        try (ShardHarness shard = new ShardHarness(halfway(), Backend.HASHMAP).open()) {
            shard.learn(experience(1), experience(1));
            assertThat(shard.row("s").updates()).isEqualTo(2);
            assertThat(suppressed(shard)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aChangeThatSwitchesTheWindowOffAppliesAllAndForgetsWhatWasRemembered(Backend backend) throws Exception {
        try (ShardHarness shard = shard(4, backend).open()) {
            shard.learn(experience(1));
            shard.configure(control("p", window(0)));
            shard.learn(experience(1));
            assertThat(shard.row("s").updates()).isEqualTo(2);
            shard.configure(control("p", window(4)));
            shard.learn(experience(1));
            assertThat(shard.row("s").updates()).isEqualTo(3);
            shard.learn(experience(1));
            assertThat(suppressed(shard)).isOne();
        }
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void optionsThatSwitchTheWindowOffForgetWhatARowRemembersAsItIsTouched(Backend backend) throws Exception {
        OperatorSubtaskState snapshot;
        try (ShardHarness shard = new ShardHarness(window(4), backend).open()) {
            shard.learn(experience(1), experience(2));
            snapshot = shard.snapshot();
        }
        try (ShardHarness shard = new ShardHarness(window(0), backend).open(snapshot)) {
            shard.learn(experience(1));
            assertThat(shard.row("s").updates()).isEqualTo(3);
            assertThat(shard.row("s").history().identities()).isEmpty();
        }
    }

    @Test
    void aShorterWindowRemembersTheLatest() throws Exception {
        try (ShardHarness shard = shard(4, Backend.HASHMAP).open()) {
            shard.learn(experience(1), experience(2), experience(3));
            shard.configure(control("p", window(1)));
            shard.learn(experience(4), experience(3));
            assertThat(suppressed(shard)).isZero();
            shard.learn(experience(3));
            assertThat(suppressed(shard)).isOne();
        }
    }

    @Test
    void aLongerWindowGoesOnFromWhatIsRemembered() throws Exception {
        try (ShardHarness shard = shard(2, Backend.HASHMAP).open()) {
            shard.learn(experience(1), experience(2), experience(3));
            shard.configure(control("p", window(3)));
            shard.learn(experience(4), experience(2), experience(3), experience(4));
            assertThat(suppressed(shard)).isEqualTo(3);
        }
    }

    @Test
    void anExperienceThatWasRejectedIsNotRemembered() throws Exception {
        try (ShardHarness shard = shard(4, Backend.HASHMAP).open()) {
            shard.learn(experience(1));
            shard.learn(last("s", 7, 4, 2)); // no such action
            shard.learn(last("s", 1, 4, 2)); // corrected and sent again
            assertThat(shard.row("s").visits(1)).isOne();
        }
    }

    @Test
    void anExperienceThatCameWhileThePolicyWasFrozenIsNotRemembered() throws Exception {
        try (ShardHarness shard = shard(4, Backend.HASHMAP).open()) {
            shard.learn(experience(1));
            shard.configure(control("p", window(4).setFrozen(true)));
            shard.learn(experience(2));
            shard.configure(control("p", window(4)));
            shard.learn(experience(2));
            assertThat(shard.row("s").updates()).isEqualTo(2);
        }
    }

    @Test
    void theSameIdentityInAnotherPolicyIsAnotherExperience() throws Exception {
        try (ShardHarness shard = new ShardHarness(window(4), Backend.HASHMAP).open()) {
            shard.learn(in("a", experience(1)), in("b", experience(1)));
            assertThat(suppressed(shard)).isZero();
        }
    }
}
