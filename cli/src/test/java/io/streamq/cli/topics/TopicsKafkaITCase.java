package io.streamq.cli.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.cli.Invocation;
import io.streamq.cli.broker.LocalBroker;
import io.streamq.cli.program.ExitCodes;
import io.streamq.schemas.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import kafka.admin.ConfigCommand;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TopicsKafkaITCase {
    private LocalBroker broker;

    @BeforeEach
    void startBroker() throws IOException {
        broker = LocalBroker.start();
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    @Test
    void createsEachTopicWithItsCleanupPolicyAndCheckFindsNothing() {
        Invocation create = topics("create");
        assertThat(create.exitCode()).isEqualTo(ExitCodes.DONE);
        assertThat(create.outLines().get(1)).matches("streamq.experiences.v1 +created +8 +1 +delete");
        assertThat(create.outLines().get(2)).matches("streamq.policy.v1 +created +1 +1 +compact");
        assertThat(create.outLines().get(3)).matches("streamq.control.v1 +created +1 +1 +compact");
        assertThat(create.outLines().get(4)).matches("streamq.control-status.v1 +created +1 +1 +compact");
        assertThat(create.outLines().get(5)).matches("streamq.dead-letters.v1 +created +1 +1 +delete");

        Invocation check = topics("check");
        assertThat(check.exitCode()).isEqualTo(ExitCodes.DONE);
        assertThat(check.out()).contains("All topics are as they should be.");
        assertThat(check.err()).isEmpty();
    }

    /** For agents, and jobs, that were away for days. */
    @Test
    void whatWasForgottenOrDeletedStandsOnTheCompactedTopicsForAWeek() throws Exception {
        topics("create");
        for (String topic : List.of(Topics.POLICY, Topics.CONTROL, Topics.CONTROL_STATUS)) {
            assertThat(setting(topic, "delete.retention.ms")).isEqualTo("604800000");
        }
    }

    /** Or a policy that was deleted and made anew, while the job was down, would keep what was learnt before. */
    @Test
    void eachChangeOfAPolicyStandsOnTheControlTopicForAWeek() throws Exception {
        topics("create");
        assertThat(setting(Topics.CONTROL, "min.compaction.lag.ms")).isEqualTo("604800000");
        assertThat(setting(Topics.POLICY, "min.compaction.lag.ms"))
                .as("where the last record is all that counts")
                .isEqualTo("0");
    }

    /** The segment that is written to is not compacted, and an agent that starts reads all of it. */
    @Test
    void thePolicyTopicIsCompactedFromItsFirst64MebibytesOn() throws Exception {
        topics("create");
        assertThat(setting(Topics.POLICY, "segment.bytes")).isEqualTo("67108864");
        assertThat(setting(Topics.EXPERIENCES, "segment.bytes")).isEqualTo("1073741824");
    }

    @Test
    void whatCouldBeBetterIsToldWithTheCommandForItAndIsNoFailure() throws Exception {
        topics("create", "--policy-topic", "another");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(Topics.POLICY, 1, (short) 1)
                            .configs(Map.of("cleanup.policy", "compact", "delete.retention.ms", "604800000"))))
                    .all()
                    .get();
        }
        Invocation check = topics("check");
        assertThat(check.exitCode()).isEqualTo(ExitCodes.DONE);
        assertThat(check.out())
                .contains("All topics are as they should be.\n\nCould be better:\n")
                .containsPattern("streamq.policy.v1 +segment.bytes +67108864 +1073741824\n")
                .contains("agents that start have less to read")
                .endsWith(" --alter --topic streamq.policy.v1 --add-config segment.bytes=67108864\n");
        assertThat(json(topics("check", "--json")).get("advice")).hasSize(1);
    }

    private String setting(String topic, String name) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            return admin.describeConfigs(List.of(resource))
                    .all()
                    .get()
                    .get(resource)
                    .get(name)
                    .value();
        }
    }

    @Test
    void creatingAgainSaysWhatExistsAndChangesNothing() {
        topics("create", "--partitions", "3");
        Invocation again = topics("create", "--json");
        assertThat(again.exitCode()).isEqualTo(ExitCodes.DONE);
        JsonNode experiences = json(again).get("topics").get(0);
        assertThat(experiences.get("created").asBoolean()).isFalse();
        assertThat(experiences.get("partitions").asInt()).isEqualTo(3);
    }

    @Test
    void checkNamesEveryDifference() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(
                            new NewTopic(Topics.EXPERIENCES, 2, (short) 1),
                            new NewTopic(Topics.POLICY, 1, (short) 1)
                                    .configs(Map.of(
                                            "cleanup.policy", "compact,delete", "delete.retention.ms", "604800000")),
                            new NewTopic("my-control", 1, (short) 1).configs(Map.of("cleanup.policy", "compact"))))
                    .all()
                    .get();
        }
        Invocation check = topics("check", "--control-topic", "my-control", "--partitions", "8", "--replication", "1");
        assertThat(check.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(check.out())
                .contains("7 differences:")
                .containsPattern("streamq.experiences.v1 +message.timestamp.type +LogAppendTime +CreateTime\n")
                .containsPattern("streamq.experiences.v1 +partitions +8 +2\n")
                .containsPattern("streamq.policy.v1 +cleanup.policy +compact +compact,delete\n")
                .containsPattern("my-control +delete.retention.ms +604800000 +86400000\n")
                .containsPattern("my-control +min.compaction.lag.ms +604800000 +0\n")
                .containsPattern("streamq.dead-letters.v1 +topic +exists +missing\n")
                .doesNotContainPattern("my-control +cleanup");

        Invocation asJson = topics("check", "--control-topic", "my-control", "--partitions", "8", "--json");
        assertThat(asJson.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(json(asJson).get("differences")).hasSize(7);
    }

    @Test
    void whoTypesWhatCheckTellsMakesTopicsOfOtherMakingAsTheyShouldBe() throws Exception {
        topics("create", "--experiences-topic", "another", "--control-topic", "my-control");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(
                            new NewTopic(Topics.EXPERIENCES, 2, (short) 1)
                                    .configs(Map.of("message.timestamp.type", "CreateTime")),
                            new NewTopic(Topics.CONTROL, 1, (short) 1).configs(Map.of("cleanup.policy", "delete"))))
                    .all()
                    .get();
        }
        Invocation check = topics("check");
        assertThat(check.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(check.out()).contains("4 differences:");
        String alter = "kafka-configs.sh --bootstrap-server " + broker.bootstrapServers() + " --alter --topic ";
        List<String> commands = check.outLines().stream()
                .map(String::strip)
                .filter(line -> line.startsWith("kafka-configs.sh "))
                .toList();
        assertThat(commands)
                .containsExactly(
                        alter + "streamq.experiences.v1 --add-config message.timestamp.type=LogAppendTime",
                        alter + "streamq.control.v1 --add-config cleanup.policy=compact,delete.retention.ms=604800000"
                                + ",min.compaction.lag.ms=604800000");

        for (String command : commands) {
            List<String> words = List.of(command.split(" "));
            ConfigCommand.main(words.subList(1, words.size()).toArray(String[]::new));
        }
        await().untilAsserted(() -> assertThat(topics("check").out()).contains("All topics are as they should be."));
    }

    @Test
    void partitionsAreNoSettingThatACommandCorrects() {
        topics("create", "--partitions", "3");
        Invocation check = topics("check", "--partitions", "8");
        assertThat(check.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(check.out()).endsWith("StreamQ does not change existing topics; Kafka's own tools do.\n");
    }

    @Test
    void createChecksWhatExistedAndDoesNotRepairIt() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(Topics.POLICY, 1, (short) 1)))
                    .all()
                    .get();
        }
        Invocation create = topics("create");
        assertThat(create.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(create.out())
                .containsPattern("streamq.experiences.v1 +created")
                .containsPattern("streamq.policy.v1 +exists")
                .containsPattern("streamq.policy.v1 +cleanup.policy +compact +delete\n");
    }

    @Test
    void whoMissesATopicOfAnotherNameIsToldTheOptionThatCreatesIt() {
        topics("create");
        String address = broker.bootstrapServers();
        for (List<String> command : List.of(
                List.of("policy", "--topic", "--policy-topic"),
                List.of("config list", "--control-topic", "--control-topic"),
                List.of("config list", "--control-status-topic", "--control-status-topic"))) {
            List<String> words = new ArrayList<>(List.of(command.get(0).split(" ")));
            words.addAll(List.of("-b", address, command.get(1), "other"));
            Invocation missing = Invocation.of(words.toArray(String[]::new));
            assertThat(missing.exitCode()).isEqualTo(ExitCodes.FAILED);
            assertThat(missing.err())
                    .contains("topic 'other' does not exist")
                    .endsWith(
                            "streamq topics create --bootstrap-servers " + address + " " + command.get(2) + " other\n");
        }
    }

    /** Else one whose clock is an hour ahead would be refused, and what one sends that is a month behind would soon be deleted. */
    @Test
    void experienceIsTakenAndDatedByTheBrokerWhateverItsAgentsClockSays() throws Exception {
        topics("create");
        try (KafkaProducer<byte[], byte[]> agent = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            long now = System.currentTimeMillis();
            for (Duration ahead : List.of(Duration.ofHours(2), Duration.ofDays(-30))) {
                var told =
                        new ProducerRecord<>(Topics.EXPERIENCES, 0, now + ahead.toMillis(), new byte[0], new byte[0]);
                assertThat(agent.send(told).get().timestamp()).isBetween(now, now + 60_000);
            }
        }
    }

    @Test
    void whatTheBrokerRefusesIsASentence() {
        Invocation create = topics("create", "--replication", "3");
        assertThat(create.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(create.err())
                .contains("the request to Kafka at", "failed: ", "replication")
                .hasLineCount(1);
    }

    /** With several requests under way, as Kafka's producers have by default, a first one that is refused is lost. */
    @Test
    void whatWasCreatedCanBeWrittenAtOnce() throws Exception {
        Map<String, Object> hasty = Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "batch.size",
                200,
                "linger.ms",
                0,
                "delivery.timeout.ms",
                10_000,
                "request.timeout.ms",
                5_000);
        for (int times = 0; times < 10; times++) {
            String topic = "experiences-" + times;
            assertThat(topics("create", "--experiences-topic", topic).exitCode())
                    .isEqualTo(ExitCodes.DONE);
            try (KafkaProducer<byte[], byte[]> producer =
                    new KafkaProducer<>(hasty, new ByteArraySerializer(), new ByteArraySerializer())) {
                List<Future<RecordMetadata>> sent = new ArrayList<>();
                for (int record = 0; record < 2_000; record++) {
                    sent.add(producer.send(new ProducerRecord<>(topic, record % 8, null, new byte[50])));
                }
                for (Future<RecordMetadata> each : sent) {
                    assertThat(each.get().hasOffset()).isTrue();
                }
            }
        }
    }

    private Invocation topics(String subcommand, String... options) {
        String[] args = new String[options.length + 4];
        args[0] = "topics";
        args[1] = subcommand;
        args[2] = "--bootstrap-servers";
        args[3] = broker.bootstrapServers();
        System.arraycopy(options, 0, args, 4, options.length);
        return Invocation.of(args);
    }

    private static JsonNode json(Invocation invocation) {
        try {
            return new ObjectMapper().readTree(invocation.out());
        } catch (IOException e) {
            throw new AssertionError("not JSON: " + invocation.out(), e);
        }
    }
}
