package io.streamq.cli.cluster;

import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.Snapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The one folder that holds all of a cluster's files. */
record ClusterFolder(Path root) {
    /** Kafka's log.dirs and Flink's io.tmp.dirs are lists, and Flink treats a backslash as Windows does. */
    private static final Pattern PARTING = Pattern.compile("[,:\\\\]");

    static ClusterFolder at(Path root) {
        return new ClusterFolder(root.toAbsolutePath().normalize());
    }

    /** How the cluster was started. */
    Path settings() {
        return root.resolve("cluster.json");
    }

    /** What was submitted last. */
    Path job() {
        return root.resolve("job.json");
    }

    /** Flink's configuration; rewritten by every start. */
    Path conf() {
        return root.resolve("conf");
    }

    Path logs() {
        return root.resolve("logs");
    }

    /** A file per process, for as long as it should run. */
    Path processes() {
        return root.resolve("processes");
    }

    Path temporary() {
        return root.resolve("tmp");
    }

    Path checkpoints() {
        return root.resolve("checkpoints");
    }

    Path savepoints() {
        return root.resolve("savepoints");
    }

    Path kafka() {
        return root.resolve("kafka");
    }

    Path zooKeeper() {
        return root.resolve("zookeeper");
    }

    Path highAvailability() {
        return root.resolve("high-availability");
    }

    /** All that a cluster creates here. */
    List<Path> contents() {
        return List.of(
                conf(),
                logs(),
                processes(),
                temporary(),
                checkpoints(),
                savepoints(),
                kafka(),
                zooKeeper(),
                highAvailability(),
                job(),
                settings());
    }

    /**
     * Fails if Kafka or Flink would take the path for several paths, or for another one, and keep data
     * elsewhere.
     *
     * @throws CommandFailure naming it
     */
    void requireOnePlace() {
        if (PARTING.matcher(root.toString()).find()) {
            throw new CommandFailure(
                    "the path of a cluster's folder must not contain ',', ':' or '\\', at which Kafka and Flink split"
                            + " paths: got " + root + "; name another folder with --dir");
        }
    }

    /**
     * Fails if no cluster was started here but something exists that a cluster would create and later remove: it belongs to others.
     *
     * @throws CommandFailure naming it
     */
    void requireFree() {
        List<String> taken = contents().stream()
                .filter(Files::exists)
                .map(place -> place.getFileName().toString())
                .toList();
        if (!Files.exists(settings()) && !taken.isEmpty()) {
            throw new CommandFailure(
                    "no cluster was started in " + root + " before, and it holds " + String.join(", ", taken)
                            + ", which a cluster would overwrite and remove: name another folder with --dir");
        }
    }

    /** Creates the folders that the processes expect to exist. */
    void create() {
        try {
            for (Path folder : new Path[] {conf(), logs(), processes(), temporary(), checkpoints(), savepoints()}) {
                Files.createDirectories(folder);
            }
        } catch (IOException e) {
            throw new CommandFailure("the folder of the cluster cannot be created: " + root + " (" + e + ")", e);
        }
    }

    /** The savepoint or checkpoint that was completed last. */
    Optional<Path> newestSnapshot() {
        return Snapshots.newest(List.of(savepoints(), checkpoints()));
    }
}
