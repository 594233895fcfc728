package io.streamq.cli.cluster;

import io.streamq.cli.program.CommandFailure;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The jars of this build, beside the command's jar: {@code lib} has all its dependencies, {@code cluster} what clusters need in
 * addition.
 */
public final class Distribution {
    /**
     * The {@code lib} of a Flink distribution, by prefixes of the jars' names. StreamQ, Kafka and its connector are not among
     * them: as in production, the job's jar contains those.
     */
    private static final List<String> FLINK = List.of(
            "async-profiler-",
            "commons-cli-",
            "commons-collections-",
            "commons-compress-",
            "commons-io-",
            "commons-lang3-",
            "commons-math3-",
            "commons-text-",
            "flink-annotations-",
            "flink-clients-",
            "flink-connector-datagen-",
            "flink-core-",
            "flink-datastream-",
            "flink-file-sink-common-",
            "flink-hadoop-fs-",
            "flink-metrics-core-",
            "flink-queryable-state-client-java-",
            "flink-rpc-",
            "flink-runtime-",
            "flink-shaded-",
            "flink-statebackend-rocksdb-",
            "flink-streaming-java-",
            "frocksdbjni-",
            "javassist-",
            "jsr305-",
            "kryo-",
            "log4j-",
            "lz4-java-",
            "minlog-",
            "objenesis-",
            "reflectasm-",
            "slf4j-api-",
            "snakeyaml-engine-",
            "snappy-java-");

    private final Path command;

    private Distribution(Path command) {
        this.command = command;
    }

    public static Distribution ofThisCommand() {
        try {
            return new Distribution(Path.of(Distribution.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI()));
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the classes were not loaded from this machine", e);
        }
    }

    /** The job for {@code flink run}. */
    public Path jobJar() {
        Path jar = command.resolveSibling("cluster").resolve("streamq-job.jar");
        if (!Files.exists(jar)) {
            throw notPackaged(jar);
        }
        return jar;
    }

    /** Flink alone. */
    String flinkClassPath() {
        List<Path> jars = Stream.concat(
                        jarsIn(command.resolveSibling("lib")).filter(jar -> FLINK.stream()
                                .anyMatch(jar.getFileName().toString()::startsWith)),
                        jarsIn(command.resolveSibling("cluster").resolve("lib")))
                .toList();
        return join(jars);
    }

    /** The whole command, including Kafka. */
    String commandClassPath() {
        return join(Stream.concat(Stream.of(command), jarsIn(command.resolveSibling("lib")))
                .toList());
    }

    private static Stream<Path> jarsIn(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList().stream();
        } catch (IOException e) {
            throw notPackaged(folder);
        }
    }

    private static String join(List<Path> jars) {
        return jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    private static CommandFailure notPackaged(Path missing) {
        return new CommandFailure("a cluster runs from the packaged build, which lacks " + missing
                + "; build it with: mvn -pl cli -am -Dmaven.test.skip=true package");
    }
}
