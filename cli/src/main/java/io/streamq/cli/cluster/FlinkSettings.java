package io.streamq.cli.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.FlinkPaths;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.configuration.BlobServerOptions;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ClusterOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.configuration.WebOptions;

/** The settings of Flink's processes: {@code conf/config.yaml} and their JVM options. */
final class FlinkSettings {
    private static final String LOOPBACK = "127.0.0.1";
    private static final String LOG_CONFIGURATION = "log4j2.properties";
    private static final int JOB_MANAGER_HEAP_MEBIBYTES = 512;
    private static final int METASPACE_MEBIBYTES = 256;

    /** The JDK packages that Flink's own configuration opens. */
    private static final List<String> OPENED = List.of(
            "java.lang",
            "java.lang.reflect",
            "java.io",
            "java.net",
            "java.nio",
            "java.text",
            "java.time",
            "java.util",
            "java.util.concurrent",
            "java.util.concurrent.atomic",
            "java.util.concurrent.locks");

    private final ClusterFolder folder;
    private final ClusterSettings cluster;
    private final Configuration flink = new Configuration();

    FlinkSettings(ClusterFolder folder, ClusterSettings cluster) {
        this.folder = folder;
        this.cluster = cluster;
        addAddresses();
        addMemory();
        addReactions();
        addFailureDetection();
        addSnapshots();
        if (cluster.highAvailability()) {
            addHighAvailability();
        }
        flink.addAll(Configuration.fromMap(cluster.flink()));
    }

    /** Nothing is reachable from outside this machine. */
    private void addAddresses() {
        flink.set(JobManagerOptions.ADDRESS, LOOPBACK);
        flink.set(JobManagerOptions.BIND_HOST, LOOPBACK);
        flink.set(JobManagerOptions.PORT, cluster.ports().rpc());
        flink.set(RestOptions.ADDRESS, LOOPBACK);
        flink.set(RestOptions.BIND_ADDRESS, LOOPBACK);
        flink.set(RestOptions.PORT, cluster.ports().rest());
        flink.set(RestOptions.BIND_PORT, String.valueOf(cluster.ports().rest()));
        flink.set(BlobServerOptions.PORT, "0");
        flink.set(TaskManagerOptions.HOST, LOOPBACK);
        flink.set(TaskManagerOptions.BIND_HOST, LOOPBACK);
        flink.set(CoreOptions.TMP_DIRS, folder.temporary().toString());
        flink.set(WebOptions.TMP_DIR, folder.temporary().toString());
        flink.set(WebOptions.UPLOAD_DIR, folder.temporary().toString());
    }

    /** Every component, as nothing derives them: Flink's scripts, which would, come only with its distribution. */
    private void addMemory() {
        flink.set(TaskManagerOptions.NUM_TASK_SLOTS, cluster.slots());
        flink.set(CoreOptions.DEFAULT_PARALLELISM, cluster.defaultParallelism());
        flink.set(
                TaskManagerOptions.TASK_MANAGER_LOAD_BALANCE_MODE, TaskManagerOptions.TaskManagerLoadBalanceMode.SLOTS);
        flink.set(TaskManagerOptions.CPU_CORES, (double) cluster.slots());
        flink.set(TaskManagerOptions.FRAMEWORK_HEAP_MEMORY, MemorySize.ofMebiBytes(128));
        flink.set(TaskManagerOptions.TASK_HEAP_MEMORY, MemorySize.ofMebiBytes(512));
        flink.set(TaskManagerOptions.FRAMEWORK_OFF_HEAP_MEMORY, MemorySize.ofMebiBytes(128));
        flink.set(TaskManagerOptions.TASK_OFF_HEAP_MEMORY, MemorySize.ofMebiBytes(64));
        flink.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(64));
        flink.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(64));
        flink.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(256));
        flink.set(TaskManagerOptions.JVM_METASPACE, MemorySize.ofMebiBytes(METASPACE_MEBIBYTES));
        flink.set(TaskManagerOptions.JVM_OVERHEAD_MIN, MemorySize.ofMebiBytes(192));
        flink.set(TaskManagerOptions.JVM_OVERHEAD_MAX, MemorySize.ofMebiBytes(192));
    }

    /** Flink's defaults suit distributed, long-lived clusters; here a user is waiting. */
    private void addReactions() {
        // Else the web page and 'status' would show numbers up to ten seconds old.
        flink.set(WebOptions.REFRESH_INTERVAL, Duration.ofMillis(500));
        flink.set(MetricOptions.METRIC_FETCHER_UPDATE_INTERVAL, Duration.ofSeconds(1));
        // A TaskManager that starts before the JobManager should not wait ten seconds to try again.
        flink.set(ClusterOptions.ERROR_REGISTRATION_DELAY, Duration.ofMillis(500));
    }

    /** A killed process is detected after about two seconds, a hanging one after ten. */
    private void addFailureDetection() {
        flink.set(HeartbeatManagerOptions.HEARTBEAT_INTERVAL, Duration.ofSeconds(1));
        flink.set(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT, Duration.ofSeconds(10));
        flink.set(
                RestartStrategyOptions.RESTART_STRATEGY,
                RestartStrategyOptions.RestartStrategyType.EXPONENTIAL_DELAY.getMainValue());
        flink.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF, Duration.ofSeconds(1));
        flink.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF, Duration.ofSeconds(10));
        flink.set(
                RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
                Duration.ofMinutes(1));
    }

    private void addSnapshots() {
        flink.set(StateBackendOptions.STATE_BACKEND, cluster.stateBackend());
        flink.set(
                CheckpointingOptions.INCREMENTAL_CHECKPOINTS,
                cluster.stateBackend().equals("rocksdb"));
        flink.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, FlinkPaths.of(folder.checkpoints()));
        flink.set(CheckpointingOptions.SAVEPOINT_DIRECTORY, FlinkPaths.of(folder.savepoints()));
        flink.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    }

    private void addHighAvailability() {
        flink.set(HighAvailabilityOptions.HA_MODE, "zookeeper");
        flink.set(
                HighAvailabilityOptions.HA_ZOOKEEPER_QUORUM,
                LOOPBACK + ":" + cluster.ports().zooKeeper());
        flink.set(HighAvailabilityOptions.HA_STORAGE_PATH, FlinkPaths.of(folder.highAvailability()));
        flink.set(HighAvailabilityOptions.HA_CLUSTER_ID, "/streamq");
        // For this long a killed JobManager still counts as the leader; by default, a minute.
        flink.set(HighAvailabilityOptions.ZOOKEEPER_SESSION_TIMEOUT, Duration.ofSeconds(6));
    }

    /** Writes the files that the processes read when they start. */
    void write() {
        try {
            Files.write(folder.conf().resolve("config.yaml"), yaml());
            if (cluster.highAvailability()) {
                try (OutputStream file = Files.newOutputStream(zooKeeperFile())) {
                    // Escapes what the encoding in which ZooKeeper reads them lacks.
                    zooKeeper().store(file, null);
                }
            }
            try (InputStream logging =
                    Objects.requireNonNull(FlinkSettings.class.getResourceAsStream("flink-log4j2.properties"))) {
                Files.copy(logging, folder.conf().resolve(LOG_CONFIGURATION), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new CommandFailure("the configuration cannot be written to " + folder.conf() + " (" + e + ")", e);
        }
    }

    /** One line per setting; JSON strings are YAML strings. */
    private List<String> yaml() throws JsonProcessingException {
        ObjectMapper json = new ObjectMapper();
        List<String> lines = new ArrayList<>();
        lines.add("# Written by 'streamq cluster start', which takes changes as -D x.y=VALUE.");
        for (Map.Entry<String, String> setting : new TreeMap<>(flink.toMap()).entrySet()) {
            lines.add(setting.getKey() + ": " + json.writeValueAsString(setting.getValue()));
        }
        return lines;
    }

    private Properties zooKeeper() {
        Properties settings = new Properties();
        settings.setProperty("dataDir", folder.zooKeeper().toString());
        settings.setProperty("clientPort", "" + cluster.ports().zooKeeper());
        settings.setProperty("clientPortAddress", LOOPBACK);
        settings.setProperty("admin.enableServer", "false");
        settings.setProperty("tickTime", "1000");
        settings.setProperty("maxClientCnxns", "0");
        return settings;
    }

    Path zooKeeperFile() {
        return folder.conf().resolve("zoo.cfg");
    }

    /** The options of a JobManager's JVM. */
    List<String> jobManagerJvm(Path log) {
        return jvm(
                log,
                List.of("-Xmx" + JOB_MANAGER_HEAP_MEBIBYTES + "m", metaspace()),
                flink.get(CoreOptions.FLINK_JM_JVM_OPTIONS));
    }

    /** The options of a TaskManager's JVM, which limit it to the memory in Flink's settings. */
    List<String> taskManagerJvm(Path log) {
        long heap = bytes(TaskManagerOptions.FRAMEWORK_HEAP_MEMORY) + bytes(TaskManagerOptions.TASK_HEAP_MEMORY);
        long direct = bytes(TaskManagerOptions.FRAMEWORK_OFF_HEAP_MEMORY)
                + bytes(TaskManagerOptions.TASK_OFF_HEAP_MEMORY)
                + bytes(TaskManagerOptions.NETWORK_MEMORY_MAX);
        return jvm(
                log,
                List.of(
                        "-Xmx" + heap,
                        "-Xms" + heap,
                        "-XX:MaxDirectMemorySize=" + direct,
                        "-XX:MaxMetaspaceSize=" + bytes(TaskManagerOptions.JVM_METASPACE)),
                flink.get(CoreOptions.FLINK_TM_JVM_OPTIONS));
    }

    List<String> zooKeeperJvm(Path log) {
        return jvm(log, List.of("-Xmx128m"), "");
    }

    private long bytes(ConfigOption<MemorySize> option) {
        return flink.get(option).getBytes();
    }

    private static String metaspace() {
        return "-XX:MaxMetaspaceSize=" + METASPACE_MEBIBYTES + "m";
    }

    /** @param own {@code env.java.opts} of this kind of process only, split into words as by Flink's scripts */
    private List<String> jvm(Path log, List<String> memory, String own) {
        List<String> options = new ArrayList<>(memory);
        OPENED.forEach(opened -> options.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED"));
        options.add("-Dlog.file=" + log);
        options.add("-Dlog4j2.configurationFile="
                + folder.conf().resolve(LOG_CONFIGURATION).toUri());
        // Last, so that they override.
        options.addAll(words(flink.get(CoreOptions.FLINK_JVM_OPTIONS)));
        options.addAll(words(own));
        return options;
    }

    private static List<String> words(String text) {
        return Stream.of(text.split("\\s+")).filter(word -> !word.isEmpty()).toList();
    }
}
