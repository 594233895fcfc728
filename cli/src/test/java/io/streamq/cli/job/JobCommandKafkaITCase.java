package io.streamq.cli.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import io.streamq.cli.Invocation;
import io.streamq.cli.StreamqProcess;
import io.streamq.cli.broker.LocalBroker;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.topics.TopicsCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The job as a command: it says what is wrong before it starts, and ends with a bounded topic. */
class JobCommandKafkaITCase {
    @TempDir
    private Path folder;

    @Test
    void allThatIsWrongWithTheOptionsIsToldAtOnce() {
        Invocation job = Invocation.of(
                "job", "-b", "127.0.0.1:1", "--streamq.policy.discont=0.9", "--streamq.policy.initial-q=NaN");
        assertThat(job.exitCode()).isEqualTo(2);
        assertThat(job.err())
                .contains("streamq.policy.discont is not an option of StreamQ; the nearest is streamq.policy.discount")
                .contains("streamq.policy.actions is required")
                .contains("streamq.policy.initial-q must be finite: got NaN");
    }

    @Test
    void aWrongLoginIsNotTakenForAnAbsentBroker() throws Exception {
        try (LocalBroker broker = LocalBroker.start()) {
            Invocation job = Invocation.of(
                    "job",
                    "-b",
                    broker.bootstrapServers(),
                    "--streamq.policy.actions=4",
                    "--streamq.kafka.client.security.protocol=SASL_PLAINTEXT",
                    "--streamq.kafka.client.sasl.mechanism=PLAIN",
                    "--streamq.kafka.client.sasl.jaas.config="
                            + "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"a\" password=\"b\";");
            assertThat(job.exitCode()).isOne();
            assertThat(job.err())
                    .startsWith("streamq: Kafka at " + broker.bootstrapServers() + " refused the login (")
                    .contains("check the --streamq.kafka.client.* settings")
                    .hasLineCount(1);
        }
    }

    @Test
    void aClientSettingThatCannotBeReadIsNamed() throws Exception {
        try (LocalBroker broker = LocalBroker.start()) {
            TopicsCommand.createDefaults(broker.bootstrapServers(), 1);
            Invocation job = Invocation.of(
                    "job",
                    "-b",
                    broker.bootstrapServers(),
                    "--streamq.policy.actions=4",
                    "--streamq.kafka.client.max.poll.records=many");
            assertThat(job.exitCode()).isOne();
            assertThat(job.err())
                    .startsWith("streamq: Kafka's client cannot be set up for " + broker.bootstrapServers())
                    .contains("max.poll.records", "check the --streamq.kafka.client.* settings")
                    .hasLineCount(1);
        }
    }

    @Test
    void aSettingThatFlinkOrTheJobDoesNotTakeIsWrongUsage() throws Exception {
        try (LocalBroker broker = LocalBroker.start()) {
            TopicsCommand.createDefaults(broker.bootstrapServers(), 1);
            String[] job = {"job", "-b", broker.bootstrapServers(), "--streamq.policy.actions=4", "-D", ""};

            job[5] = "execution.checkpointing.interval=abc";
            Invocation mistyped = Invocation.of(job);
            assertThat(mistyped.exitCode()).isEqualTo(ExitCodes.USAGE);
            assertThat(mistyped.err())
                    .startsWith("streamq: -D must give settings that Flink accepts: Could not parse value 'abc'")
                    .contains("execution.checkpointing.interval");

            job[5] = "execution.runtime-mode=BATCH";
            Invocation batch = Invocation.of(job);
            assertThat(batch.exitCode()).isEqualTo(ExitCodes.USAGE);
            assertThat(batch.err()).startsWith("streamq: execution.runtime-mode must be STREAMING");
        }
    }

    @Test
    void missingTopicsAreNamedWithTheCommandThatCreatesThem() throws Exception {
        try (LocalBroker broker = LocalBroker.start()) {
            Invocation job = Invocation.of("job", "-b", broker.bootstrapServers(), "--streamq.policy.actions=4");
            assertThat(job.exitCode()).isOne();
            assertThat(job.err())
                    .contains(
                            "lacks streamq.experiences.v1, streamq.policy.v1, streamq.control.v1, streamq.control-status.v1,"
                                    + " streamq.dead-letters.v1")
                    .contains("./streamq topics create --bootstrap-servers " + broker.bootstrapServers());
        }
    }

    @Test
    void theCommandThatCreatesMissingTopicsNamesThemAsTheJobDoes() throws Exception {
        try (LocalBroker broker = LocalBroker.start()) {
            TopicsCommand.createDefaults(broker.bootstrapServers(), 1);
            Invocation job = Invocation.of(
                    "job",
                    "-b",
                    broker.bootstrapServers(),
                    "--streamq.policy.actions=4",
                    "--streamq.topics.policy=foo",
                    "--streamq.topics.dead-letters=bar");
            assertThat(job.exitCode()).isOne();
            assertThat(job.err())
                    .contains("lacks foo, bar: create with './streamq topics create --bootstrap-servers "
                            + broker.bootstrapServers() + " --policy-topic foo --dead-letters-topic bar', or");
        }
    }

    @Test
    void transactionsThatTheBrokerWouldRefuseAreToldWithWhatToDo() throws Exception {
        try (LocalBroker broker = LocalBroker.start()) {
            TopicsCommand.createDefaults(broker.bootstrapServers(), 1);
            Invocation job = Invocation.of(
                    "job",
                    "-b",
                    broker.bootstrapServers(),
                    "--streamq.policy.actions=4",
                    "--streamq.sink.delivery-guarantee=exactly-once",
                    "--streamq.sink.transaction-timeout=16min");
            assertThat(job.exitCode()).isOne();
            assertThat(job.err())
                    .contains("streamq.sink.transaction-timeout must be at most transaction.max.timeout.ms")
                    .contains("got 960000 ms, and the broker allows 900000 ms")
                    .contains("Give --streamq.sink.transaction-timeout=900000ms or less");
        }
    }

    @Test
    void aLogIsReplayedLearntToItsEndAndReadBackAsAPolicy() throws Exception {
        try (LocalBroker broker = LocalBroker.start()) {
            TopicsCommand.createDefaults(broker.bootstrapServers(), 2);
            replay("../examples/cliff-walking.csv.gz", "cliff", broker);

            Invocation job = Invocation.of(
                    "job",
                    "--bootstrap-servers",
                    broker.bootstrapServers(),
                    "--streamq.policy.actions=4",
                    "--streamq.policy.learning-rate.schedule",
                    "CONSTANT",
                    "--streamq.source.end=LATEST");
            assertThat(job.exitCode()).as(job.err()).isZero();
            assertThat(job.outLines())
                    .last(STRING)
                    .matches("Learnt 300,000 experiences in .+; [1-9][0-9,]* policy updates, 0 dead letters");

            Invocation policy = Invocation.of("policy", "-b", broker.bootstrapServers(), "--policy", "cliff", "--json");
            assertThat(policy.exitCode()).as(policy.err()).isZero();
            assertThat(policy.out().lines()).hasSize(37);
            assertThat(policy.out()).contains("\"state\":\"36\",\"action\":0");
        }
    }

    /** In a folder with a name that a URI would have to encode. */
    @Test
    void whatWasLearntIsGoneOnFromAfterCtrlC() throws Exception {
        Path state = folder.resolve("my state, 50%20");
        try (LocalBroker broker = LocalBroker.start()) {
            // With one partition, so that a checkpoint with the last record holds all of them.
            TopicsCommand.createDefaults(broker.bootstrapServers(), 1);
            replay("../examples/cliff-walking.csv.gz", "cliff", broker);
            String threeExperiences =
                    Files.writeString(folder.resolve("log.csv"), """
                            state,action,reward,next_state,terminated
                            kitchen,0,0,hall,false
                            hall,1,0,garden,false
                            garden,0,1,,true
                            """).toString();
            replay(threeExperiences, "before", broker);
            String[] job = {
                "job",
                "-b",
                broker.bootstrapServers(),
                "--streamq.policy.actions=4",
                "--streamq.job.checkpoint-interval=500ms",
                "--state",
                state.toString()
            };
            try (StreamqProcess first = StreamqProcess.start(Files.createDirectory(folder.resolve("1")), job)) {
                awaitThreeStatesOf("before", broker);
                int checkpoint = newestCheckpoint(state);
                // The next one may have begun before the last record was read.
                await().atMost(Duration.ofSeconds(60)).until(() -> newestCheckpoint(state) > checkpoint + 1);
                first.interrupt();
                assertThat(first.awaitExit(Duration.ofSeconds(20))).isEqualTo(ExitCodes.INTERRUPTED);
                assertThat(first.out().lines().toList()).last(STRING).startsWith("Learnt 300,003 experiences in ");
                assertThat(isAnyCompressed(state))
                        .as("rows of the heap come packed")
                        .isFalse();
            }
            replay(threeExperiences, "after", broker);
            try (StreamqProcess second = StreamqProcess.start(Files.createDirectory(folder.resolve("2")), job)) {
                awaitThreeStatesOf("after", broker);
                second.interrupt();
                assertThat(second.awaitExit(Duration.ofSeconds(20)))
                        .as(second.err())
                        .isEqualTo(ExitCodes.INTERRUPTED);
                assertThat(second.out()).contains("Resumes from " + state);
                assertThat(second.out().lines().toList())
                        .last(STRING)
                        .startsWith("Learnt 3 experiences in ")
                        .endsWith(", 0 dead letters");
            }
        }
    }

    @Test
    void theSnapshotThatIsNamedIsGoneOnFromAndNotTheNewest() throws Exception {
        Path newest = Files.createDirectories(folder.resolve("state/job/chk-1"));
        Files.createFile(newest.resolve("_metadata"));
        try (LocalBroker broker = LocalBroker.start()) {
            TopicsCommand.createDefaults(broker.bootstrapServers(), 1);
            Invocation job =
                    ofState(broker.bootstrapServers(), "execution.state-recovery.path=file:/no-such-savepoint");
            assertThat(job.exitCode()).isEqualTo(ExitCodes.FAILED);
            assertThat(job.err()).contains("/no-such-savepoint").doesNotContain("\tat ");
            assertThat(job.out() + job.err()).doesNotContain(newest.toString());
        }
    }

    @Test
    void settingsByWhichNothingWouldBeKeptInTheStateAreRefused() {
        Invocation elsewhere = ofState("127.0.0.1:1", "execution.checkpointing.dir=file:/elsewhere");
        assertThat(elsewhere.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(elsewhere.err())
                .startsWith("streamq: --state needs execution.checkpointing.dir=file:" + folder.resolve("state"))
                .contains("got -D execution.checkpointing.dir=file:/elsewhere; leave out one of the two");

        String retention = "execution.checkpointing.externalized-checkpoint-retention=";
        Invocation removed = ofState("127.0.0.1:1", retention + "DELETE_ON_CANCELLATION");
        assertThat(removed.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(removed.err())
                .contains("--state needs " + retention + "RETAIN_ON_CANCELLATION")
                .contains("got -D " + retention + "DELETE_ON_CANCELLATION; leave out one of the two");

        Invocation mistyped = ofState("127.0.0.1:1", retention + "abc");
        assertThat(mistyped.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(mistyped.err()).contains("-D must give settings that Flink accepts: Could not parse value 'abc'");
    }

    private Invocation ofState(String bootstrapServers, String setting) {
        return Invocation.of(
                "job",
                "-b",
                bootstrapServers,
                "--streamq.policy.actions=4",
                "--state",
                folder.resolve("state").toString(),
                "-D",
                setting);
    }

    private static void replay(String log, String policy, LocalBroker broker) {
        Invocation replay = Invocation.of("replay", log, "-b", broker.bootstrapServers(), "--policy", policy);
        assertThat(replay.exitCode()).as(replay.err()).isZero();
    }

    private static void awaitThreeStatesOf(String policy, LocalBroker broker) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> Invocation.of("policy", "-b", broker.bootstrapServers(), "--policy", policy, "--json")
                                .outLines()
                                .size()
                        == 3);
    }

    private static boolean isAnyCompressed(Path snapshots) throws IOException {
        try (Stream<Path> files = Files.walk(snapshots)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (Files.readString(file, StandardCharsets.ISO_8859_1).contains("sNaPpY")) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Its number; 0 as long as there is none. */
    private static int newestCheckpoint(Path state) throws IOException {
        if (!Files.exists(state)) {
            return 0;
        }
        try (Stream<Path> files = Files.walk(state)) {
            return files.filter(file -> file.endsWith("_metadata"))
                    .map(file -> file.getParent().getFileName().toString())
                    .mapToInt(checkpoint -> Integer.parseInt(checkpoint.replace("chk-", "")))
                    .max()
                    .orElse(0);
        } catch (UncheckedIOException anOlderOneWasJustRemoved) {
            return 0;
        }
    }

    @Test
    void aStateThatNothingWouldBeKeptInIsRefused() {
        Invocation job = Invocation.of(
                "job",
                "-b",
                "127.0.0.1:1",
                "--streamq.policy.actions=4",
                "--streamq.source.end=LATEST",
                "--state",
                "x");
        assertThat(job.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(job.err()).contains("--state would keep nothing of a job that ends with its topic");
    }
}
