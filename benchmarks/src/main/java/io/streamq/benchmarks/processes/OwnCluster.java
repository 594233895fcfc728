package io.streamq.benchmarks.processes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.cli.Main;
import io.streamq.cli.cluster.FlinkRest;
import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.ExitCodes;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A real cluster on this machine while it is open, started and stopped by the user's command. Its processes are made to outlive
 * their starter, so they are killed if this JVM ends before it is closed.
 */
public final class OwnCluster implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path folder;
    private final Thread atExit = new Thread(this::killAll, "streamq-benchmark-cluster");

    private OwnCluster(Path folder) {
        this.folder = folder;
    }

    /** Starts one in its own folder, with options of {@code streamq cluster start}. */
    public static OwnCluster start(Path folder, List<String> options) throws InterruptedException {
        OwnCluster cluster = new OwnCluster(folder);
        Runtime.getRuntime().addShutdownHook(cluster.atExit);
        try {
            cluster.run("start", options.toArray(String[]::new));
            return cluster;
        } catch (InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    public Path folder() {
        return folder;
    }

    /**
     * Runs a command of {@code streamq cluster} on it.
     *
     * @throws InterruptedException if it was interrupted, which it reports only by an exit code
     */
    public void run(String command, String... options) throws InterruptedException {
        String unused = output(command, options);
    }

    private String output(String command, String... options) throws InterruptedException {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        String[] all = Stream.concat(Stream.of("cluster", command, "--dir", folder.toString()), Stream.of(options))
                .toArray(String[]::new);
        int exitCode = Main.run(all, new PrintWriter(out), new PrintWriter(err));
        requireDone(exitCode, String.join(" ", all), err.toString());
        return out.toString();
    }

    static void requireDone(int exitCode, String command, String complaints) throws InterruptedException {
        if (exitCode == ExitCodes.INTERRUPTED) {
            throw new InterruptedException("'streamq " + command + "' was interrupted");
        }
        if (exitCode != ExitCodes.DONE) {
            throw new CommandFailure("'streamq " + command + "' failed: " + complaints.strip());
        }
    }

    /** The output of {@code streamq cluster status}; fails unless all is well. */
    public JsonNode status() throws IOException, InterruptedException {
        return JSON.readTree(output("status", "--json"));
    }

    public FlinkRest flink() throws IOException, InterruptedException {
        return new FlinkRest(status().get("webAddress").asText());
    }

    /** The ids of its processes. */
    public List<Long> pids() {
        List<Long> pids = new ArrayList<>();
        try (Stream<Path> processes = Files.list(folder.resolve("processes"))) {
            // Other files are still being written.
            for (Path each :
                    processes.filter(file -> file.toString().endsWith(".json")).toList()) {
                pids.add(JSON.readTree(each.toFile()).path("pid").asLong());
            }
            return pids;
        } catch (IOException noneWasStarted) {
            return pids;
        }
    }

    private void killAll() {
        pids().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }

    /** Stops it; kills processes that the command leaves behind. */
    @Override
    public void close() {
        // An interrupted thread cannot wait for processes to end, and they must.
        boolean interrupted = Thread.interrupted();
        try {
            run("stop");
        } catch (InterruptedException e) {
            interrupted = true;
            killAll();
        } catch (CommandFailure e) {
            killAll();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException theJvmEndsAlready) {
            return;
        }
    }
}
