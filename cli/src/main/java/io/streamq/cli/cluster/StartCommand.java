package io.streamq.cli.cluster;

import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Terminal;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code streamq cluster start}. */
@Command(
        name = "start",
        description = {
            "Starts the processes that are not running: all of them the first time, and later those that were"
                    + " stopped or killed. Options that are not given stay as they were at the last start.",
            "",
            "Returns when the cluster is ready for 'streamq cluster submit'. Later starts use the same ports"
                    + " if they are free; Kafka's must be while high availability keeps a job, which looks for it"
                    + " there."
        },
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {"0:all processes run", ExitCodes.LIST_FAILED, ExitCodes.LIST_USAGE})
final class StartCommand implements Callable<Integer> {
    private enum Backend {
        HASHMAP,
        ROCKSDB
    }

    private static final int DEFAULT_TASK_MANAGERS = 2;
    private static final int DEFAULT_SLOTS = 2;
    private static final int DEFAULT_BROKERS = 1;
    private static final int USUAL_REST_PORT = 8081;
    private static final int USUAL_KAFKA_PORT = 9092;
    private static final int MOST_PORT = 65_535;

    private final Terminal terminal;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private FolderOption where = new FolderOption();

    private @Nullable Integer taskManagers;
    private @Nullable Integer slots;
    private @Nullable Integer brokers;
    private @Nullable Integer webPort;
    private @Nullable Integer kafkaPort;

    @Option(
            names = "--taskmanagers",
            paramLabel = "N",
            description = "Number of TaskManager processes; more can be requested while the cluster runs. Default: 2")
    void setTaskManagers(int number) {
        taskManagers = positive("--taskmanagers", number);
    }

    @Option(names = "--slots", paramLabel = "N", description = "Slots of each TaskManager. Default: 2")
    void setSlots(int number) {
        slots = positive("--slots", number);
    }

    @Option(
            names = "--state-backend",
            paramLabel = "hashmap|rocksdb",
            description =
                    "Where rows are kept: on the heap, or on disk for Q-tables larger than that. Default: hashmap")
    private @Nullable Backend stateBackend;

    @Option(
            names = "--kafka",
            negatable = true,
            description = "Also starts a Kafka broker, which keeps its topics in the folder.")
    private @Nullable Boolean kafka;

    @Option(
            names = "--brokers",
            paramLabel = "N",
            description =
                    "Brokers that --kafka starts. With three or more, each topic is on three and can be written while"
                            + " one is lost. Default: 1")
    void setBrokers(int number) {
        brokers = positive("--brokers", number);
    }

    @Option(
            names = "--high-availability",
            negatable = true,
            description =
                    "Also starts a ZooKeeper, with which the job resumes by itself when a lost JobManager is started"
                            + " again. --no-high-availability removes what it kept of the job, and leaves checkpoints.")
    private @Nullable Boolean highAvailability;

    @Option(
            names = "--web-port",
            paramLabel = "PORT",
            description = "Port of the web page and the REST API; 0 for any. Default: 8081, or any if that is in use.")
    void setWebPort(int number) {
        webPort = port("--web-port", number);
    }

    @Option(
            names = "--kafka-port",
            paramLabel = "PORT",
            description =
                    "Port of the first broker; 0 for any, as for the others. Default: 9092, or any if that is in use.")
    void setKafkaPort(int number) {
        kafkaPort = port("--kafka-port", number);
    }

    @Option(
            names = "-D",
            paramLabel = "x.y=VALUE",
            description = "A setting of Flink, such as jobmanager.scheduler=adaptive or"
                    + " env.java.opts.taskmanager=-XX:+UseParallelGC. If any is given, none of the last start's are"
                    + " kept.")
    private Map<String, String> flinkSettings = new LinkedHashMap<>();

    StartCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    private int positive(String option, int number) {
        if (number < 1) {
            throw new ParameterException(command.commandLine(), option + " must be at least 1: got " + number);
        }
        return number;
    }

    private int port(String option, int number) {
        if (number < 0 || number > MOST_PORT) {
            throw new ParameterException(
                    command.commandLine(), option + " must be in [0, " + MOST_PORT + "]: got " + number);
        }
        return number;
    }

    @Override
    public Integer call() throws InterruptedException {
        ClusterFolder folder = where.folder();
        Optional<ClusterSettings> recorded = JsonFile.read(folder.settings(), ClusterSettings.class);
        Cluster cluster = new Cluster(folder, settings(folder, recorded));
        if (!cluster.anythingRuns()) {
            terminal.print("Starting a cluster in " + folder.root() + " ...");
        }
        if (recorded.filter(ClusterSettings::highAvailability).isPresent()
                && !cluster.settings().highAvailability()) {
            cluster.forgetHighAvailability();
            terminal.print(
                    "Removed what high availability kept; 'streamq cluster submit --from latest' resumes a job.");
        }
        List<String> started = cluster.start();
        terminal.print(
                started.isEmpty()
                        ? "All processes are already running; nothing was started."
                        : terminal.styled(Style.GOOD, "Started") + " " + String.join(", ", started) + ".");
        terminal.print("Web page:  " + cluster.settings().webAddress());
        if (cluster.settings().kafka()) {
            terminal.print("Kafka:     " + cluster.settings().kafkaAddress());
        }
        terminal.print("Logs:      " + folder.logs());
        return ExitCodes.DONE;
    }

    private ClusterSettings settings(ClusterFolder folder, Optional<ClusterSettings> recorded) {
        ClusterSettings asked = asked(recorded);
        if (brokers != null && !asked.kafka()) {
            throw new ParameterException(command.commandLine(), "--brokers " + brokers + " needs --kafka");
        }
        boolean running = recorded.isPresent() && new Cluster(folder, recorded.get()).anythingRuns();
        if (!running) {
            recorded.ifPresent(before -> requireKafkaWhereTheJobLooks(before, asked, folder));
            requireUsablePorts(asked.kafka());
            recorded.ifPresent(before -> requireSameBrokers(before, asked, folder));
            return asked.withPorts(freePorts(asked.ports()));
        }
        List<String> conflicts = new ArrayList<>(asked.conflictsWith(recorded.get()));
        ClusterSettings.Ports ports = recorded.get().ports();
        if (isNamed(webPort) && webPort != ports.rest()) {
            conflicts.add("--web-port " + ports.rest());
        }
        if (isNamed(kafkaPort)
                && recorded.get().kafka()
                && !kafkaPort.equals(ports.kafka().get(0))) {
            conflicts.add("--kafka-port " + ports.kafka().get(0));
        }
        if (!conflicts.isEmpty()) {
            throw new CommandFailure("the cluster in " + folder.root() + " runs with " + String.join(", ", conflicts)
                    + "; to change that, stop it first with: streamq cluster stop --dir " + folder.root());
        }
        return asked.withPorts(ports);
    }

    /**
     * The job that high availability keeps restarts by itself and looks for Kafka where it was: it would read from and write
     * to whatever listens there now.
     */
    private static void requireKafkaWhereTheJobLooks(
            ClusterSettings before, ClusterSettings asked, ClusterFolder folder) {
        boolean jobComesBack = before.highAvailability() && asked.highAvailability() && Files.exists(folder.job());
        if (!jobComesBack || !before.kafka()) {
            return;
        }
        for (int port : before.ports().kafka()) {
            if (!FreePorts.isFree(port)) {
                throw new CommandFailure(
                        "port " + port + " is in use, and the job kept by high availability looks for Kafka"
                                + " there: end the program that listens there, or discard what is kept, with"
                                + " --no-high-availability, and resume with 'streamq cluster submit --from latest'");
            }
        }
    }

    /** A port is named because clients expect it: another one would not help. */
    private void requireUsablePorts(boolean kafkaStarts) {
        requireFree("--web-port", webPort);
        if (kafkaStarts) {
            requireFree("--kafka-port", kafkaPort);
            if (isNamed(webPort) && webPort.equals(kafkaPort)) {
                throw new ParameterException(
                        command.commandLine(), "--web-port and --kafka-port must differ: got " + webPort + " twice");
            }
        }
    }

    private static void requireFree(String option, @Nullable Integer port) {
        if (isNamed(port) && !FreePorts.isFree(port)) {
            throw new CommandFailure("port " + port + " is in use: give " + option
                    + " another one, or 0 for any, or end the program that listens there");
        }
    }

    private static boolean isNamed(@Nullable Integer port) {
        return port != null && port != 0;
    }

    /** Their data is spread over them, and the size of their quorum is fixed. */
    private static void requireSameBrokers(ClusterSettings before, ClusterSettings asked, ClusterFolder folder) {
        if (asked.brokers() != before.brokers() && Files.exists(folder.kafka())) {
            throw new CommandFailure("the topics in " + folder.kafka() + " belong to " + before.brokers()
                    + " broker(s): start with --brokers " + before.brokers()
                    + ", or remove all that the cluster has with: streamq cluster stop --clean --dir " + folder.root());
        }
    }

    /** What was asked for; the rest as recorded, or else by default. */
    private ClusterSettings asked(Optional<ClusterSettings> recorded) {
        int numberOfBrokers = first(brokers, recorded.map(ClusterSettings::brokers), DEFAULT_BROKERS);
        return new ClusterSettings(
                first(taskManagers, recorded.map(ClusterSettings::taskManagers), DEFAULT_TASK_MANAGERS),
                first(slots, recorded.map(ClusterSettings::slots), DEFAULT_SLOTS),
                first(
                        stateBackend == null ? null : stateBackend.name().toLowerCase(Locale.ROOT),
                        recorded.map(ClusterSettings::stateBackend),
                        "hashmap"),
                first(kafka, recorded.map(ClusterSettings::kafka), false),
                numberOfBrokers,
                first(highAvailability, recorded.map(ClusterSettings::highAvailability), false),
                new ClusterSettings.Ports(
                        first(webPort, recorded.map(settings -> settings.ports().rest()), USUAL_REST_PORT),
                        recorded.map(settings -> settings.ports().rpc()).orElse(0),
                        brokerPorts(numberOfBrokers, recorded),
                        sized(numberOfBrokers, recorded.map(settings -> settings.ports()
                                .kafkaControllers())),
                        recorded.map(settings -> settings.ports().zooKeeper()).orElse(0)),
                first(flinkSettings.isEmpty() ? null : flinkSettings, recorded.map(ClusterSettings::flink), Map.of()));
    }

    private List<Integer> brokerPorts(int number, Optional<ClusterSettings> recorded) {
        List<Integer> ports =
                sized(number, recorded.map(settings -> settings.ports().kafka()));
        if (kafkaPort != null || recorded.isEmpty()) {
            ports.set(0, kafkaPort == null ? USUAL_KAFKA_PORT : kafkaPort);
        }
        return ports;
    }

    /** That many ports: the recorded ones, then 0 for any. */
    private static List<Integer> sized(int number, Optional<List<Integer>> recorded) {
        return Stream.concat(recorded.stream().flatMap(List::stream), Stream.generate(() -> 0))
                .limit(number)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static <T> T first(@Nullable T given, Optional<T> recorded, T fallback) {
        return given == null ? recorded.orElse(fallback) : given;
    }

    private static ClusterSettings.Ports freePorts(ClusterSettings.Ports asked) {
        FreePorts free = new FreePorts();
        return new ClusterSettings.Ports(
                free.preferably(asked.rest()),
                free.preferably(asked.rpc()),
                free.preferably(asked.kafka()),
                free.preferably(asked.kafkaControllers()),
                free.preferably(asked.zooKeeper()));
    }
}
