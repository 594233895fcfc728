package io.streamq.cli.topics;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.cli.topics.TopicPlan.Advice;
import io.streamq.cli.topics.TopicPlan.Difference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TopicPlanTest {
    /** What Kafka gives a topic by default. */
    private static final Map<String, String> DEFAULTS = Map.of(
            "cleanup.policy", "delete",
            "delete.retention.ms", "86400000",
            "message.timestamp.type", "CreateTime",
            "min.compaction.lag.ms", "0",
            "min.insync.replicas", "1",
            "segment.bytes", "1073741824");

    @ParameterizedTest
    @EnumSource
    void aTopicWithTheSettingsItIsCreatedWithIsAsItShouldBe(TopicRole role) {
        assertThat(differences(role, role.settings())).isEmpty();
    }

    /** Or agents whose clocks are wrong would be refused, or lose what they sent to retention. */
    @Test
    void experienceThatAgentsDateIsADifference() {
        assertThat(differences(TopicRole.EXPERIENCES, Map.of()))
                .containsExactly(new Difference("topic", "message.timestamp.type", "LogAppendTime", "CreateTime"));
    }

    @Test
    void aTopicOfAnotherRoleMayBeDatedAnyhow() {
        assertThat(differences(TopicRole.DEAD_LETTERS, Map.of("message.timestamp.type", "CreateTime")))
                .isEmpty();
        assertThat(differences(TopicRole.DEAD_LETTERS, Map.of("message.timestamp.type", "LogAppendTime")))
                .isEmpty();
    }

    @Test
    void everySettingThatDiffersIsTold() {
        assertThat(differences(TopicRole.CONTROL, Map.of()))
                .containsExactly(
                        new Difference("topic", "cleanup.policy", "compact", "delete"),
                        new Difference("topic", "delete.retention.ms", "604800000", "86400000"),
                        new Difference("topic", "min.compaction.lag.ms", "604800000", "0"));
    }

    @Test
    void recordsMayStandForLongerThanTheyNeed() {
        assertThat(differences(
                        TopicRole.CONTROL,
                        Map.of(
                                "cleanup.policy", "compact",
                                "delete.retention.ms", "604800001",
                                "min.compaction.lag.ms", "" + Long.MAX_VALUE)))
                .isEmpty();
    }

    @Test
    void recordsThatGoAMomentTooSoonAreADifference() {
        assertThat(differences(
                        TopicRole.POLICY, Map.of("cleanup.policy", "compact", "delete.retention.ms", "604799999")))
                .containsExactly(new Difference("topic", "delete.retention.ms", "604800000", "604799999"));
    }

    /** Not all that speaks Kafka's protocol knows all of its settings. */
    @Test
    void aSettingThatTheBrokerDoesNotKnowIsADifference() {
        FoundTopic found =
                new FoundTopic("topic", 1, 1, new Config(List.of(new ConfigEntry("cleanup.policy", "compact"))));
        assertThat(plan(TopicRole.POLICY).differences(found))
                .containsExactly(new Difference("topic", "delete.retention.ms", "604800000", "unknown"));
    }

    /** Who gave a topic more from the start may keep them. */
    @Test
    void partitionsAndReplicasThatNobodyAskedForAreNoDifference() {
        FoundTopic found = new FoundTopic("topic", 5, 3, config(TopicRole.POLICY.settings()));
        assertThat(plan(TopicRole.POLICY).differences(found)).isEmpty();
        assertThat(new TopicPlan(TopicRole.POLICY, "topic", 1, (short) 2).differences(found))
                .containsExactly(
                        new Difference("topic", "partitions", "1", "5"),
                        new Difference("topic", "replication", "2", "3"));
    }

    @Test
    void aTopicIsCreatedSoThatNothingIsAdvised() {
        TopicPlan plan = new TopicPlan(TopicRole.POLICY, "topic", null, (short) 3);
        FoundTopic created = new FoundTopic("topic", 1, 3, config(plan.settingsToCreate()));
        assertThat(plan.advice(created, 3)).isEmpty();
        assertThat(plan.differences(created)).isEmpty();
    }

    /** Of two replicas both in sync, one broker that is away would stop all who write. */
    @Test
    void twoInSyncAreAskedForOnlyOfThreeReplicas() {
        assertThat(new TopicPlan(TopicRole.POLICY, "topic", null, (short) 2).settingsToCreate())
                .doesNotContainKey("min.insync.replicas");
        assertThat(plan(TopicRole.POLICY).settingsToCreate()).doesNotContainKey("min.insync.replicas");
        assertThat(plan(TopicRole.DEAD_LETTERS).advice(new FoundTopic("topic", 1, 2, config(Map.of())), 2))
                .isEmpty();
    }

    @Test
    void replicasAreAdvisedAsFarAsThereAreBrokersAndNobodySaidHowMany() {
        FoundTopic single = new FoundTopic("topic", 1, 1, config(Map.of()));
        TopicPlan plan = plan(TopicRole.DEAD_LETTERS);
        assertThat(plan.advice(single, 1)).isEmpty();
        assertThat(plan.advice(single, 2)).containsExactly(new Advice("topic", "replication", "2", "1"));
        assertThat(plan.advice(single, 5)).containsExactly(new Advice("topic", "replication", "3", "1"));
        assertThat(new TopicPlan(TopicRole.DEAD_LETTERS, "topic", null, (short) 1).advice(single, 5))
                .isEmpty();
    }

    @Test
    void aRecordThatOnlyOneOfThreeBrokersNeedHaveIsWorthAWord() {
        FoundTopic found = new FoundTopic("topic", 1, 3, config(Map.of("min.insync.replicas", "1")));
        assertThat(plan(TopicRole.EXPERIENCES).advice(found, 3))
                .containsExactly(new Advice("topic", "min.insync.replicas", "2", "1"));
    }

    @Test
    void largeSegmentsAreWorthAWordOnThePolicyTopicOnly() {
        FoundTopic found = new FoundTopic("topic", 1, 1, config(Map.of()));
        assertThat(plan(TopicRole.POLICY).advice(found, 1))
                .containsExactly(new Advice("topic", "segment.bytes", "67108864", "1073741824"));
        assertThat(plan(TopicRole.EXPERIENCES).advice(found, 1)).isEmpty();
        FoundTopic smaller = new FoundTopic("topic", 1, 1, config(Map.of("segment.bytes", "1048576")));
        assertThat(plan(TopicRole.POLICY).advice(smaller, 1)).isEmpty();
    }

    private static List<Difference> differences(TopicRole role, Map<String, String> settings) {
        return plan(role).differences(new FoundTopic("topic", 1, 1, config(settings)));
    }

    private static TopicPlan plan(TopicRole role) {
        return new TopicPlan(role, "topic", null, null);
    }

    private static Config config(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(DEFAULTS);
        all.putAll(settings);
        return new Config(all.entrySet().stream()
                .map(setting -> new ConfigEntry(setting.getKey(), setting.getValue()))
                .toList());
    }
}
