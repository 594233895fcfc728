package io.streamq.benchmarks.processes;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;

/** The Java that a benchmark runs in, for processes that are to be compared with it. */
public final class ThisJava {
    private ThisJava() {}

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
