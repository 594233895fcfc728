package io.streamq.benchmarks.goals;

import io.streamq.benchmarks.processes.ThisJava;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A run of another benchmark, from which figures are taken. In a duel a job learns for longer than the JIT compiler takes, as real jobs do.
 *
 * @param title shown while it runs; also the folder of its outcome
 * @param java options of its Java
 * @param what the benchmark and what it measures
 * @param howMuch size and duration; not used with {@code --quick}
 */
record Part(String title, List<String> java, List<String> what, List<String> howMuch) {
    private static final String COLLECTOR = "-XX:+UseParallelGC -XX:+UseTransparentHugePages";
    private static final String OF_TASKMANAGERS = "env.java.opts.taskmanager=" + COLLECTOR;
    private static final List<String> FAST = words("-Xmx3g " + COLLECTOR);

    static final Part ONE_JVM =
            new Part("one-jvm", FAST, words("duel --repeats=27"), words("--experiences=994700000 --warm-up=150"));

    static final Part ROCKSDB =
            new Part("rocksdb", FAST, duelOnRocksDb(), words("--experiences=40000000 --warm-up=40"));

    static final Part ROCKSDB_BEYOND_MEMORY = new Part(
            "rocksdb-beyond-memory",
            FAST,
            duelOnRocksDb(),
            words("--states=1000000 --experiences=20000000 --warm-up=40"));

    static final Part TWO_TASKMANAGERS = new Part(
            "two-taskmanagers",
            FAST,
            List.of("duel", "--taskmanagers=2", "-D", "taskmanager.memory.segment-size=128kb", "-D", OF_TASKMANAGERS),
            words("--experiences=735000000 --repeats=19 --seconds=8 --turns=7 --warm-up=100"));

    static final Part PEERS = new Part(
            "peers", FAST, words("--streams-guarantee=at_least_once"), words("--experiences=6000000 --rounds=5"));

    static final Part LATENCY = new Part(
            "latency", words("-Xmx2g"), words("latency"), words("--rates=10000 --rounds=4 --seconds=15 --warm-up=8"));

    static final Part TEN_MILLION_STATES = ofStates("ten-million-states", 10_000_000);

    static final Part HUNDRED_THOUSAND_STATES = ofStates("hundred-thousand-states", 100_000);

    static final Part MEMORY = new Part("memory", words("-Xmx6g"), words("memory"), List.of());

    private static List<String> words(String all) {
        return List.of(all.split(" "));
    }

    private static List<String> duelOnRocksDb() {
        return List.of("duel", "--state-backend=rocksdb", "-D", "taskmanager.memory.managed.size=1g");
    }

    /** On one TaskManager with memory for millions of rows. Measured once rows are no longer young, as in a job that has run for minutes. */
    private static Part ofStates(String title, int states) {
        return new Part(
                title,
                words("-Xmx6g"),
                words("--contestants=streamq --actions=4 --taskmanagers=1 -D heartbeat.timeout=60s"),
                Stream.concat(
                                words("--experiences=360000000 --repeats=8 --skip=67 --rounds=1 --warm-up-rounds=0"
                                                + " --taskmanager-heap=8g --states=" + states)
                                        .stream(),
                                Stream.of("-D", OF_TASKMANAGERS + " -XX:+AlwaysPreTouch"))
                        .toList());
    }

    /** The file that the benchmark writes, named after it. */
    String outcome() {
        return (what.get(0).startsWith("-") ? "throughput" : what.get(0)) + ".json";
    }

    /** The arguments after {@code streamq benchmark}. */
    List<String> arguments(boolean quick) {
        return Stream.concat(what.stream(), quick ? Stream.of("--quick") : howMuch.stream())
                .toList();
    }

    /** The command of the process that measures it and writes to a folder. */
    List<String> process(boolean quick, Path folder) {
        return Stream.of(
                        ThisJava.benchmarkWith(java).stream(),
                        arguments(quick).stream(),
                        Stream.of("--out", folder.toString()))
                .flatMap(words -> words)
                .toList();
    }

    /** The whole command, for users who want to run it alone. */
    String command(boolean quick) {
        return "STREAMQ_JAVA_OPTS='" + String.join(" ", java) + "' ./streamq benchmark "
                + arguments(quick).stream().map(Part::quoted).collect(Collectors.joining(" "));
    }

    private static String quoted(String word) {
        return word.contains(" ") ? "'" + word + "'" : word;
    }
}
