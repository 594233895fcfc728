package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamq.cli.Invocation;
import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.ExitCodes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterCommandTest {
    private static final ClusterSettings SETTINGS =
            new ClusterSettings(2, 2, "hashmap", true, 1, false, portsOfNobody(), Map.of());

    @TempDir
    private Path folder;

    private static ClusterSettings.Ports portsOfNobody() {
        FreePorts free = new FreePorts();
        return new ClusterSettings.Ports(free.any(), free.any(), List.of(free.any()), List.of(free.any()), free.any());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " start", " submit", " status", " savepoint", " rescale", " stop"})
    void everyCommandHasHelpWithExitCodes(String command) {
        Invocation help = Invocation.of(("cluster" + command + " --help").split(" "));
        assertThat(help.exitCode()).isEqualTo(ExitCodes.DONE);
        assertThat(help.out()).contains("Usage: streamq cluster" + command, "Exit codes:");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"submit --streamq.policy.actions=2", "status", "savepoint", "rescale --parallelism=2", "stop"})
    void folderWithoutAClusterIsASentence(String command) {
        Invocation there = Invocation.of(("cluster " + command + " --dir " + folder).split(" "));
        assertThat(there.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(there.err())
                .contains("no cluster was started in " + folder, "streamq cluster start", "--dir")
                .hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--slots=0",
                "--taskmanagers=-1",
                "--state-backend=disk",
                "--brokers=0",
                "--brokers=3",
                "--web-port=65536",
                "--kafka-port=-1"
            })
    void nonsenseIsWrongUsage(String option) {
        Invocation start = Invocation.of("cluster", "start", "--dir", folder.toString(), option);
        assertThat(start.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aPortThatWasNamedAndIsInUseIsNotReplacedByAnother() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (String option : List.of("--web-port", "--kafka-port")) {
                Invocation start = Invocation.of(
                        "cluster", "start", "--dir", folder.toString(), "--kafka", option, "" + taken.getLocalPort());
                assertThat(start.exitCode()).isEqualTo(ExitCodes.FAILED);
                assertThat(start.err()).contains("port " + taken.getLocalPort() + " is in use: give " + option);
                assertThat(folder).isEmptyDirectory();
            }
        }
    }

    @Test
    void theJobThatHighAvailabilityKeepsIsNotSentToTheKafkaOfOthers() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            ClusterFolder cluster = ClusterFolder.at(folder);
            ClusterSettings.Ports ports = new ClusterSettings.Ports(0, 0, List.of(port), List.of(0), 0);
            JsonFile.write(cluster.settings(), new ClusterSettings(1, 1, "hashmap", true, 1, true, ports, Map.of()));
            JsonFile.write(cluster.job(), new SubmittedJob("a", 1, List.of("--streamq.policy.actions=2")));
            for (String kafka : List.of("--kafka", "--no-kafka", "--kafka-port=0", "--kafka-port=" + port)) {
                Invocation start = Invocation.of("cluster", "start", "--dir", folder.toString(), kafka);
                assertThat(start.exitCode()).as(kafka).isEqualTo(ExitCodes.FAILED);
                assertThat(start.err())
                        .contains("port " + port + " is in use", "the job kept by high availability looks for Kafka")
                        .contains("--no-high-availability", "submit --from latest");
                assertThat(cluster.conf()).doesNotExist();
            }
        }
    }

    @Test
    void onePortForTwoServersIsWrongUsage() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        Invocation start = Invocation.of(
                "cluster",
                "start",
                "--dir",
                folder.toString(),
                "--kafka",
                "--web-port=" + free,
                "--kafka-port=" + free);
        assertThat(start.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(start.err()).contains("--web-port and --kafka-port must differ: got " + free + " twice");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void everyWrongOptionOfTheJobIsNamedBeforeAnythingIsAsked() {
        JsonFile.write(ClusterFolder.at(folder).settings(), SETTINGS);
        Invocation submit = Invocation.of(
                "cluster",
                "submit",
                "--dir",
                folder.toString(),
                "--streamq.policy.discount=2",
                "--streamq.polcy.alpha=1");
        assertThat(submit.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(submit.err())
                .contains("streamq.policy.actions is required", "streamq.policy.discount", "streamq.polcy.alpha");
    }

    @Test
    void statusOfAStoppedClusterNamesWhatIsMissing() {
        JsonFile.write(ClusterFolder.at(folder).settings(), SETTINGS);
        Invocation status = Invocation.of("cluster", "status", "--dir", folder.toString());
        assertThat(status.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(status.outLines())
                .filteredOn(line -> line.contains(" missing  "))
                .hasSize(4);
        assertThat(status.out()).contains("no JobManager answers", "streamq cluster start");
    }

    @ParameterizedTest
    @CsvSource({"FINISHED, false", "CANCELED, false", "FAILED, true", "RUNNING, true"})
    void aJobIsMissedLaterUnlessItCameToItsEndOrWasCanceled(String state, boolean missed) {
        ClusterFolder place = ClusterFolder.at(folder);
        JsonFile.write(place.job(), new SubmittedJob("a", 1, List.of("--streamq.policy.actions=2")));
        Cluster cluster = new Cluster(place, SETTINGS);
        cluster.forgetJobThatEndedWell(List.of(new FlinkRest.Job("b", "FINISHED", 2)));
        assertThat(cluster.submittedJob()).as("another one ended").isPresent();

        cluster.forgetJobThatEndedWell(List.of(new FlinkRest.Job("b", "RUNNING", 2), new FlinkRest.Job("a", state, 1)));
        assertThat(cluster.submittedJob().isPresent()).isEqualTo(missed);
    }

    @Test
    void aFolderThatHoldsWhatSomebodyElseMadeIsNotTouched() throws IOException {
        Path theirs = Files.createDirectories(folder.resolve("tmp")).resolve("diary");
        Files.createFile(theirs);
        Invocation start = Invocation.of("cluster", "start", "--dir", folder.toString());
        assertThat(start.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(start.err()).contains("no cluster was started in " + folder, "it holds tmp", "--dir");
        assertThat(theirs).exists();
        assertThat(folder.resolve("cluster.json")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a,b", "a:b", "a\\b"})
    void aFolderThatKafkaOrFlinkWouldNotFindIsRefused(String name) {
        Path place = folder.resolve(name);
        Invocation start = Invocation.of("cluster", "start", "--dir", place.toString());
        assertThat(start.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(start.err()).contains("',', ':' or '\\'", "got " + place, "--dir");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void processThatWasGivenTheIdOfOneOfOursIsNotOurs() {
        ClusterFolder cluster = ClusterFolder.at(folder);
        cluster.create();
        ProcessHandle self = ProcessHandle.current();
        String started = ClusterProcess.started(self);
        Path file = cluster.processes().resolve("kafka.json");

        JsonFile.write(file, new ClusterProcess.Identity(self.pid(), started + "1", "kafka"));
        assertThat(new ClusterProcess("kafka", cluster).running()).isEmpty();

        JsonFile.write(file, new ClusterProcess.Identity(self.pid(), started, "kafka"));
        assertThat(new ClusterProcess("kafka", cluster).running()).contains(self);
    }

    @Test
    void onlyMoreTaskManagersCanBeHadWhileProcessesRun() {
        assertThat(with(3, 2, Map.of()).conflictsWith(SETTINGS)).isEmpty();
        assertThat(with(1, 3, Map.of("a.b", "c")).conflictsWith(SETTINGS))
                .containsExactly("--taskmanagers 2", "--slots 2", "no -D");
    }

    private static ClusterSettings with(int taskManagers, int slots, Map<String, String> flink) {
        return new ClusterSettings(taskManagers, slots, "hashmap", true, 1, false, SETTINGS.ports(), flink);
    }

    @Test
    void topicsOfOneBrokerAreNotLookedForOnThree() throws IOException {
        ClusterFolder cluster = ClusterFolder.at(folder);
        JsonFile.write(cluster.settings(), SETTINGS);
        Files.createDirectories(cluster.kafka());
        Invocation start = Invocation.of("cluster", "start", "--dir", folder.toString(), "--brokers=3");
        assertThat(start.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(start.err()).contains("belong to 1 broker", "--brokers 1", "stop --clean");
    }

    @Test
    void jobSurvivesTheLossOfATaskManagerByDefault() {
        assertThat(with(3, 2, Map.of()).defaultParallelism()).isEqualTo(4);
        assertThat(with(1, 2, Map.of()).defaultParallelism()).isEqualTo(2);
    }

    @Test
    void processThatEndedByItselfIsAFailureThatNamesItsLog() {
        ClusterFolder cluster = ClusterFolder.at(folder);
        assertThatThrownBy(new ClusterProcess("kafka", cluster)::requireRunning)
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("the kafka has ended by itself")
                .hasMessageContaining(cluster.logs().resolve("kafka.log").toString());
    }

    @Test
    void neitherNewsNorComplaintsOfAnEarlierStartAreWhyAProcessEnded() throws IOException {
        ClusterFolder cluster = ClusterFolder.at(folder);
        cluster.create();
        ClusterProcess kafka = new ClusterProcess("kafka", cluster);
        Files.writeString(kafka.log(), "ERROR the disk was full\n23:40:01 INFO  expired by an exception\n");
        assertThatThrownBy(kafka::requireRunning).hasMessageContaining("(ERROR the disk was full)");
        Files.writeString(kafka.output(), "Exception in thread \"main\" java.net.BindException");
        assertThatThrownBy(kafka::requireRunning).hasMessageContaining("BindException");
    }
}
