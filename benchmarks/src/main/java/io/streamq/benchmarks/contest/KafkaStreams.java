package io.streamq.benchmarks.contest;

import io.streamq.benchmarks.processes.ThisJava;
import io.streamq.benchmarks.report.Checkout;
import io.streamq.benchmarks.streams.KafkaStreamsPeer;
import io.streamq.benchmarks.workload.Lap;
import io.streamq.benchmarks.workload.Visits;
import io.streamq.cli.program.CommandFailure;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The same algorithm on Kafka Streams with durable stores, in a separate process. */
record KafkaStreams(Guarantee guarantee) implements Contestant {
    private static final int LAST_WORDS = 10;

    /** What happens to an experience when a process crashes. */
    enum Guarantee {
        AT_LEAST_ONCE,
        EXACTLY_ONCE_V2;

        String kafkaName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override
    public String name() {
        return "Kafka Streams";
    }

    @Override
    public Run run(Stadium stadium) throws IOException, InterruptedException {
        Setting setting = stadium.setting();
        Path folder = Files.createDirectories(stadium.work()
                .path()
                .resolve("kafka-streams-" + UUID.randomUUID().toString().substring(0, 8)));
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(command(stadium, folder))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            int exitCode = process.waitFor();
            List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
            if (exitCode != 0) {
                throw new CommandFailure("Kafka Streams ended with exit code " + exitCode + ": "
                        + lines.stream()
                                .skip(Math.max(0, lines.size() - LAST_WORDS))
                                .collect(Collectors.joining(" | ")));
            }
            String[] figures = lines.get(lines.size() - 1).split(" ", -1);
            return new Run(
                    new Lap(Long.parseLong(figures[0]), Long.parseLong(figures[1])),
                    visits(folder.resolve("visits"), setting));
        } finally {
            process.destroyForcibly();
        }
    }

    private List<String> command(Stadium stadium, Path folder) throws IOException {
        Setting setting = stadium.setting();
        List<String> command = new ArrayList<>(List.of(ThisJava.program()));
        command.addAll(options(ThisJava.options()));
        command.addAll(List.of(
                "-cp",
                classPath(),
                KafkaStreamsPeer.class.getName(),
                stadium.bootstrapServers(),
                guarantee.kafkaName(),
                "" + setting.experiences(),
                "" + setting.skipped(),
                "" + setting.states(),
                "" + setting.actions(),
                "" + setting.parallelism(),
                folder.toString()));
        return command;
    }

    /**
     * The same collector for all. It needs less heap than broker and Flink, and with an -Xms above its -Xmx it would
     * not start.
     */
    static List<String> options(List<String> ofThisJava) {
        return Stream.concat(ofThisJava.stream().filter(option -> !option.startsWith("-Xms")), Stream.of("-Xmx2g"))
                .toList();
    }

    private static Visits visits(Path file, Setting setting) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            return Visits.read(in, setting.states(), setting.actions());
        }
    }

    /** Its own jars first: Flink's RocksDB has classes of the same names. */
    private static String classPath() throws IOException {
        Path own = Checkout.target().resolve("kafka-streams");
        try (Stream<Path> jars = Files.list(own)) {
            return Stream.concat(jars.sorted().map(Path::toString), Stream.of(System.getProperty("java.class.path")))
                    .collect(Collectors.joining(File.pathSeparator));
        }
    }
}
