package io.streamq.cli.cluster;

import io.streamq.cli.broker.BrokerNode;
import io.streamq.cli.program.CommandFailure;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint;
import org.apache.flink.runtime.taskexecutor.TaskManagerRunner;
import org.apache.flink.runtime.zookeeper.FlinkZooKeeperQuorumPeer;
import org.apache.flink.util.FileUtils;
import org.apache.kafka.common.Uuid;

/** The processes of a cluster: starts the missing ones, and stops them all. */
final class Cluster {
    private static final Duration START_PATIENCE = Duration.ofSeconds(90);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(15);
    private static final Duration ANSWER_PATIENCE = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(100);

    private static final String ZOOKEEPER = "zookeeper";
    /** A single broker's name, and the prefix of several brokers' names. */
    private static final String KAFKA = "kafka";

    private static final String JOB_MANAGER = "jobmanager";
    private static final String TASK_MANAGER = "taskmanager-";

    private final ClusterFolder folder;
    private final ClusterSettings settings;

    Cluster(ClusterFolder folder, ClusterSettings settings) {
        this.folder = folder;
        this.settings = settings;
    }

    /**
     * The cluster that was started in a folder.
     *
     * @throws CommandFailure if none was
     */
    static Cluster in(ClusterFolder folder) {
        return JsonFile.read(folder.settings(), ClusterSettings.class)
                .map(settings -> new Cluster(folder, settings))
                .orElseThrow(() -> new CommandFailure("no cluster was started in " + folder.root()
                        + "; start one with 'streamq cluster start', or name its folder with --dir"));
    }

    ClusterFolder folder() {
        return folder;
    }

    ClusterSettings settings() {
        return settings;
    }

    FlinkRest flink() {
        return new FlinkRest(settings.webAddress());
    }

    Optional<SubmittedJob> submittedJob() {
        return JsonFile.read(folder.job(), SubmittedJob.class);
    }

    /** A job stopped on purpose is not missed. */
    void forgetJob() {
        remove(folder.job());
    }

    /**
     * Forgets the job if it has finished or was canceled: no later JobManager knows of that, and the job would be missed. One that failed is
     * kept, to be resumed.
     *
     * @param known to the JobManager
     */
    void forgetJobThatEndedWell(List<FlinkRest.Job> known) {
        if (known.stream().anyMatch(job -> job.hasEndedWell() && isSubmitted(job))) {
            forgetJob();
        }
    }

    private boolean isSubmitted(FlinkRest.Job job) {
        return submittedJob()
                .filter(submitted -> submitted.id().equals(job.id()))
                .isPresent();
    }

    /**
     * High availability data that is not in use grows stale: when turned on again, it would restore the job from an old
     * checkpoint, despite all that was learnt since.
     */
    void forgetHighAvailability() {
        remove(folder.zooKeeper());
        remove(folder.highAvailability());
    }

    /** All processes that the cluster should have, in the order of their start. */
    List<ClusterProcess> processes() {
        List<String> names = new ArrayList<>();
        if (settings.highAvailability()) {
            names.add(ZOOKEEPER);
        }
        if (settings.kafka()) {
            names.addAll(brokers());
        }
        names.add(JOB_MANAGER);
        names.addAll(taskManagers());
        return names.stream().map(this::process).toList();
    }

    private List<String> brokers() {
        return settings.brokers() == 1
                ? List.of(KAFKA)
                : IntStream.rangeClosed(1, settings.brokers())
                        .mapToObj(number -> KAFKA + "-" + number)
                        .toList();
    }

    private List<String> taskManagers() {
        return IntStream.rangeClosed(1, settings.taskManagers())
                .mapToObj(number -> TASK_MANAGER + number)
                .toList();
    }

    private ClusterProcess process(String name) {
        return new ClusterProcess(name, folder);
    }

    boolean anythingRuns() {
        return processes().stream().anyMatch(process -> process.running().isPresent());
    }

    /**
     * Starts the processes that do not run, and waits until all are ready and registered.
     *
     * @return the names of those that were started
     */
    List<String> start() throws InterruptedException {
        folder.requireOnePlace();
        folder.requireFree();
        if (!anythingRuns()) {
            remove(folder.temporary());
        }
        folder.create();
        JsonFile.write(folder.settings(), settings);
        new FlinkSettings(folder, settings).write();
        List<ClusterProcess> missing = processes().stream()
                .filter(process -> process.running().isEmpty())
                .toList();
        missing.forEach(this::launch);
        awaitReadiness();
        return missing.stream().map(ClusterProcess::name).toList();
    }

    /** Starts one process without waiting. */
    void launch(ClusterProcess process) {
        String id = process.name() + "-" + UUID.randomUUID().toString().substring(0, 8);
        process.start(id, javaArguments(process, id, new FlinkSettings(folder, settings)));
    }

    private List<String> javaArguments(ClusterProcess process, String id, FlinkSettings flink) {
        Distribution distribution = Distribution.ofThisCommand();
        if (brokers().contains(process.name())) {
            return broker(process, distribution);
        }
        return switch (process.name()) {
            case ZOOKEEPER ->
                command(
                        flink.zooKeeperJvm(process.log()),
                        distribution.flinkClassPath(),
                        FlinkZooKeeperQuorumPeer.class,
                        List.of("--zkConfigFile", flink.zooKeeperFile().toString(), "--peerId", "1"));
            case JOB_MANAGER ->
                command(
                        flink.jobManagerJvm(process.log()),
                        distribution.flinkClassPath(),
                        StandaloneSessionClusterEntrypoint.class,
                        List.of("--configDir", folder.conf().toString()));
            default ->
                command(
                        flink.taskManagerJvm(process.log()),
                        distribution.flinkClassPath(),
                        TaskManagerRunner.class,
                        List.of("--configDir", folder.conf().toString(), "-D", "taskmanager.resource-id=" + id));
        };
    }

    private List<String> broker(ClusterProcess process, Distribution distribution) {
        int number = 1 + brokers().indexOf(process.name());
        BrokerNode node = new BrokerNode(
                number,
                settings.ports().kafka().get(number - 1),
                clusterId(),
                settings.ports().kafkaControllers());
        Path data = settings.brokers() == 1 ? folder.kafka() : folder.kafka().resolve(process.name());
        return command(
                List.of(
                        "-Xmx512m",
                        "-Dstreamq.log.appender=file",
                        "-Dstreamq.log=" + process.log(),
                        "-Dstreamq.log.limit=50 MB",
                        "-Dstreamq.log.level=INFO",
                        // Else what happens while it stops would not be logged.
                        "-Dlog4j.shutdownHookEnabled=false"),
                distribution.commandClassPath(),
                BrokerProcess.class,
                BrokerProcess.arguments(node, data));
    }

    /** The same for all brokers of a cluster; each stores it on its first start. */
    private String clusterId() {
        UUID ofFolder = UUID.nameUUIDFromBytes(folder.root().toString().getBytes(StandardCharsets.UTF_8));
        return new Uuid(ofFolder.getMostSignificantBits(), ofFolder.getLeastSignificantBits()).toString();
    }

    private static List<String> command(List<String> jvm, String classPath, Class<?> main, List<String> arguments) {
        return Stream.of(jvm, List.of("-cp", classPath, main.getName()), arguments)
                .flatMap(List::stream)
                .toList();
    }

    private void awaitReadiness() throws InterruptedException {
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        while (!isReady()) {
            processes().forEach(ClusterProcess::requireRunning);
            if (System.nanoTime() - deadline > 0) {
                throw new CommandFailure("the cluster was not ready after " + START_PATIENCE.toSeconds()
                        + " s; its processes keep running, and 'streamq cluster start' waits again. The logs are in "
                        + folder.logs());
            }
            Thread.sleep(POLL.toMillis());
        }
    }

    private boolean isReady() throws InterruptedException {
        return (!settings.kafka() || kafkaIsReady()) && flinkIsReady();
    }

    /** A ready broker prints its address on standard output, which each start truncates. */
    private boolean kafkaIsReady() {
        List<String> brokers = brokers();
        return IntStream.rangeClosed(1, brokers.size())
                .allMatch(number -> hasSaid(brokers.get(number - 1), settings.brokerAddress(number)));
    }

    private boolean hasSaid(String process, String text) {
        try {
            return Files.readString(process(process).output(), StandardCharsets.UTF_8)
                    .contains(text);
        } catch (IOException notWrittenYet) {
            return false;
        }
    }

    /** By id: a killed TaskManager is still counted until its heartbeat times out. */
    private boolean flinkIsReady() throws InterruptedException {
        List<String> registered = flink().registeredTaskManagers();
        return taskManagers().stream()
                .allMatch(
                        name -> process(name).id().filter(registered::contains).isPresent());
    }

    /**
     * Stops all processes, by force where asking does not suffice.
     *
     * @return the names of those that ran
     */
    List<String> stop() throws InterruptedException {
        List<FlinkRest.Job> jobs = jobsIfToldSoon();
        List<String> ran = stopProcesses();
        forgetJobThatEndedWell(jobs);
        return ran;
    }

    /** Those that the JobManager knows; none where it does not run, or hangs. */
    private List<FlinkRest.Job> jobsIfToldSoon() throws InterruptedException {
        return process(JOB_MANAGER).running().isPresent()
                ? new FlinkRest(settings.webAddress(), ANSWER_PATIENCE).jobsIfItAnswers()
                : List.of();
    }

    private List<String> stopProcesses() throws InterruptedException {
        List<String> ran = new ArrayList<>();
        // The JobManager first: it would take the others' exits for failures.
        for (List<ClusterProcess> together : stopOrder()) {
            together.stream()
                    .filter(process -> process.running().isPresent())
                    .forEach(process -> ran.add(process.name()));
            together.forEach(ClusterProcess::askToEnd);
            for (ClusterProcess process : together) {
                process.awaitEnd(STOP_PATIENCE);
            }
        }
        return ran;
    }

    /** All that have a file, so that none from an earlier start is forgotten. */
    private List<List<ClusterProcess>> stopOrder() {
        String[] files = folder.processes().toFile().list((place, name) -> name.endsWith(".json"));
        List<String> names = files == null
                ? List.of()
                : Arrays.stream(files)
                        .map(file -> file.substring(0, file.length() - ".json".length()))
                        .sorted()
                        .toList();
        return List.of(
                among(names, JOB_MANAGER), among(names, TASK_MANAGER), among(names, KAFKA), among(names, ZOOKEEPER));
    }

    private List<ClusterProcess> among(List<String> names, String prefix) {
        return names.stream()
                .filter(name -> name.startsWith(prefix))
                .map(this::process)
                .toList();
    }

    /** Removes all that the cluster created, and its folder if it is then empty. */
    void clean() {
        folder.contents().forEach(Cluster::remove);
        File[] others = folder.root().toFile().listFiles();
        if (others != null && others.length == 0) {
            remove(folder.root());
        }
    }

    private static void remove(Path place) {
        try {
            FileUtils.deleteFileOrDirectory(place.toFile());
        } catch (IOException e) {
            throw new CommandFailure(place + " cannot be removed (" + e + ")", e);
        }
    }
}
