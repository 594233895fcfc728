package io.streamq.benchmarks.memory;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/** The live objects of this JVM, by class, after a full collection. */
record HeapHistogram(Map<String, Share> byClass) {
    private static final Pattern LINE =
            Pattern.compile("\\s*\\d+:\\s+(?<instances>\\d+)\\s+(?<bytes>\\d+)\\s+(?<class>\\S+).*");

    /** Of a class; an array counts as one instance. */
    record Share(long instances, long bytes) {
        static final Share NONE = new Share(0, 0);

        private Share minus(Share other) {
            return new Share(instances - other.instances, bytes - other.bytes);
        }

        private Share plus(Share other) {
            return new Share(instances + other.instances, bytes + other.bytes);
        }
    }

    /** Collects garbage and counts the rest, into a file: on the heap the result would be counted next time. */
    static void take(Path file) throws IOException {
        Files.writeString(file, text());
    }

    /** Reads one that was taken. */
    static HeapHistogram read(Path file) throws IOException {
        return parse(Files.readString(file));
    }

    private static HeapHistogram parse(String text) {
        Map<String, Share> byClass = new HashMap<>();
        for (String line : text.lines().toList()) {
            Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                byClass.merge(
                        matcher.group("class"),
                        new Share(Long.parseLong(matcher.group("instances")), Long.parseLong(matcher.group("bytes"))),
                        Share::plus);
            }
        }
        return new HeapHistogram(byClass);
    }

    private static String text() {
        try {
            MBeanServer server = ManagementFactory.getPlatformMBeanServer();
            return (String) server.invoke(
                    new ObjectName("com.sun.management:type=DiagnosticCommand"),
                    "gcClassHistogram",
                    new Object[] {new String[0]},
                    new String[] {String[].class.getName()});
        } catch (JMException e) {
            throw new IllegalStateException("this JVM does not report what is on its heap", e);
        }
    }

    long bytes() {
        return byClass.values().stream().mapToLong(Share::bytes).sum();
    }

    /** The growth since an earlier one, which may be negative. */
    HeapHistogram since(HeapHistogram earlier) {
        Map<String, Share> grown = new HashMap<>();
        TreeSet<String> classes = new TreeSet<>(byClass.keySet());
        classes.addAll(earlier.byClass.keySet());
        for (String each : classes) {
            grown.put(
                    each, byClass.getOrDefault(each, Share.NONE).minus(earlier.byClass.getOrDefault(each, Share.NONE)));
        }
        return new HeapHistogram(grown);
    }

    /** The classes with the most bytes. */
    List<Map.Entry<String, Share>> largest(int limit) {
        return byClass.entrySet().stream()
                .sorted((one, other) ->
                        Long.compare(other.getValue().bytes(), one.getValue().bytes()))
                .limit(limit)
                .toList();
    }
}
