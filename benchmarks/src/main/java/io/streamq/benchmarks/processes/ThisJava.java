package io.streamq.benchmarks.processes;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The Java that a benchmark runs in, for processes that are to be compared with it. */
public final class ThisJava {
    private ThisJava() {}

    /**
     * The command that runs {@code streamq benchmark} in another Java as this one, but for what comes behind it.
     *
     * @param options of Java, which override those of this one
     */
    public static List<String> benchmark(List<String> options) {
        return Stream.of(
                        Stream.of(program()),
                        options().stream(),
                        options.stream(),
                        Stream.of(
                                "-cp", System.getProperty("java.class.path"), "io.streamq.benchmarks.BenchmarkCommand"))
                .flatMap(part -> part)
                .toList();
    }

    /** Its program. */
    public static String program() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** The options that it was given, collector and heap among them, but for what it was told of its terminal. */
    public static List<String> options() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> !option.startsWith("-Dstreamq.terminal"))
                .toList();
    }
}
