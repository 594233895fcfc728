package io.streamq.benchmarks.processes;

import io.streamq.cli.program.LogFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The Java that a benchmark runs in, for processes to compare with it. They log to the same file, if to any. */
public final class ThisJava {
    private ThisJava() {}

    /** The command that runs {@code streamq benchmark} in another Java like this one; its arguments follow. */
    public static List<String> benchmark() {
        return benchmarkBy(options());
    }

    /**
     * The same in a Java with its own options, and of this one's only the indispensable ones.
     *
     * @param options of Java, such as {@code -Xmx2g}
     */
    public static List<String> benchmarkWith(List<String> options) {
        return benchmarkBy(
                Stream.concat(indispensable(options()), options.stream()).toList());
    }

    /** What opens the JDK to Flink, and names the log. */
    static Stream<String> indispensable(List<String> options) {
        return options.stream().filter(option -> option.startsWith("--add-opens=") || LogFile.isProperty(option));
    }

    private static List<String> benchmarkBy(List<String> options) {
        return Stream.of(
                        Stream.of(program()),
                        options.stream(),
                        Stream.of(
                                "-cp", System.getProperty("java.class.path"), "io.streamq.benchmarks.BenchmarkCommand"))
                .flatMap(words -> words)
                .toList();
    }

    /** Its executable. */
    public static String program() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Its options, including collector, heap and log, except those about its terminal. */
    public static List<String> options() {
        Stream<String> given = ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> !option.startsWith("-Dstreamq.terminal") && !LogFile.isProperty(option));
        return Stream.concat(given, LogFile.properties().stream()).toList();
    }
}
