package io.streamq.benchmarks.report;

import com.sun.management.OperatingSystemMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where and when something was measured: without this a figure means nothing.
 *
 * @param collectors garbage collectors of this JVM
 * @param javaOptions of this JVM that begin with {@code -X}: heap, collector, pages
 * @param commit of the checkout, with suffix {@code -dirty} if sources differ; {@code null} outside a checkout
 */
public record Machine(
        String cpu,
        int cores,
        long memoryMebibytes,
        String os,
        String jdk,
        String collectors,
        long maxHeapMebibytes,
        List<String> javaOptions,
        @Nullable String commit,
        String measuredAt) {
    private static final int GIT_SECONDS = 10;
    private static final String DIRTY = "-dirty";
    /** What a build is made of, for git: new files count, those of documentation do not. */
    private static final List<String> SOURCES =
            List.of(":(top,glob)**/src/**", ":(top,glob)**/pom.xml", ":(top)streamq");

    /** This machine, now. */
    public static Machine here() {
        OperatingSystemMXBean os = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Machine(
                processor(),
                Runtime.getRuntime().availableProcessors(),
                os.getTotalMemorySize() >> 20,
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.vm.name") + " " + Runtime.version(),
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .map(collector -> collector.getName())
                        .collect(Collectors.joining(", ")),
                Runtime.getRuntime().maxMemory() >> 20,
                ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                        .filter(option -> option.startsWith("-X"))
                        .toList(),
                commitOf(Checkout.home()),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    }

    /** In a few words, for the foot of a table or a drawing. */
    public String inShort() {
        return inShort(String.format(Locale.ROOT, ", heap %.1f GiB", maxHeapMebibytes / 1024.0));
    }

    /** The same if nothing was measured in this JVM. */
    public String inShortWithoutHeap() {
        return inShort("");
    }

    private String inShort(String heap) {
        return cores + (cores == 1 ? " core (" : " cores (") + cpu + "), JDK "
                + Runtime.version().feature()
                + heap
                + (commit == null ? "" : ", commit " + commit);
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException noLinux) {
            return System.getProperty("os.arch");
        }
    }

    /** The commit of a checkout, with suffix {@code -dirty} if sources differ; {@code null} outside one. */
    public static @Nullable String commitOf(Path checkout) {
        String commit = git(checkout, "rev-parse", "--short=10", "HEAD");
        String changes = git(
                checkout,
                Stream.concat(Stream.of("status", "--porcelain", "--untracked-files=all", "--"), SOURCES.stream())
                        .toArray(String[]::new));
        return commit == null ? null : commit + (changes == null || changes.isEmpty() ? "" : DIRTY);
    }

    /** Whether figures of both are interchangeable: all but the time is equal, and the code is known to be. */
    public boolean measuresAs(Machine other) {
        return commit != null && !commit.endsWith(DIRTY) && at(other.measuredAt).equals(other);
    }

    private Machine at(String time) {
        return new Machine(
                cpu, cores, memoryMebibytes, os, jdk, collectors, maxHeapMebibytes, javaOptions, commit, time);
    }

    private static @Nullable String git(Path folder, String... arguments) {
        try {
            String[] command =
                    Stream.concat(Stream.of("git"), Stream.of(arguments)).toArray(String[]::new);
            Process git = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (BufferedReader out =
                    new BufferedReader(new InputStreamReader(git.getInputStream(), StandardCharsets.UTF_8))) {
                String text = out.lines().collect(Collectors.joining("\n"));
                return git.waitFor(GIT_SECONDS, TimeUnit.SECONDS) && git.exitValue() == 0 ? text : null;
            }
        } catch (IOException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
