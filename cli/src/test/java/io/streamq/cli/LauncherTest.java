package io.streamq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.cli.program.ExitCodes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher in a checkout of its own, on a PATH that holds the tools it uses and made-up versions of java and mvn. */
class LauncherTest {
    private static final Path LAUNCHER =
            Path.of("..", "streamq").toAbsolutePath().normalize();
    private static final List<String> TOOLS =
            List.of("sh", "sed", "head", "dirname", "readlink", "find", "mkdir", "rm", "cat", "touch", "sleep", "stty");
    private static final String JAVA_17 = "openjdk version \"17.0.15\" 2025-04-15";
    private static final String BUILDS = "mkdir -p cli/target && : >cli/target/streamq-cli-0.1.0.jar";

    @TempDir
    private Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private Path home;
    private Path bin;
    private Path launcher;

    private record Run(int exitCode, String out, String err) {}

    @BeforeEach
    void makeCheckout() throws IOException {
        home = Files.createDirectories(folder.resolve("a checkout"));
        Files.createDirectories(home.resolve("cli/src/main"));
        Files.createFile(home.resolve("pom.xml"));
        Files.createFile(home.resolve("cli/pom.xml"));
        launcher = Files.copy(LAUNCHER, home.resolve("streamq"));
        bin = Files.createDirectory(folder.resolve("bin"));
        for (String tool : TOOLS) {
            Path real = Stream.of("/bin", "/usr/bin")
                    .map(place -> Path.of(place, tool))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow();
            Files.createSymbolicLink(bin.resolve(tool), real);
        }
    }

    @Test
    void missingJavaIsASentence() throws Exception {
        assertRefused(run(), "found none", "17 or newer", "JAVA_HOME");
    }

    @Test
    void oldJavaIsASentence() throws Exception {
        java("openjdk version \"11.0.2\" 2019-01-15");
        assertRefused(run(), "Java 11", "17 or newer");
    }

    @Test
    void javaNumberedInTheOldWayIsUnderstood() throws Exception {
        java("java version \"1.8.0_392\"");
        assertRefused(run(), "Java 8", "17 or newer");
    }

    @Test
    void missingMavenIsASentence() throws Exception {
        java(JAVA_17);
        assertRefused(run(), "no mvn", "3.8 or newer");
    }

    @Test
    void oldMavenIsASentence() throws Exception {
        java(JAVA_17);
        maven("3.6.3", BUILDS);
        assertRefused(run(), "mvn is 3.6.3", "3.8 or newer");
    }

    @Test
    void mavenIsNotNeededOnceBuilt() throws Exception {
        java(JAVA_17);
        Files.createDirectories(home.resolve("cli/target"));
        Files.createFile(home.resolve("cli/target/streamq-cli-0.1.0.jar"));
        Run run = run("topics", "check");
        assertThat(run.exitCode()).isEqualTo(7);
        assertThat(run.err()).isEmpty();
    }

    @Test
    void firstRunBuildsQuietlyAndPassesArgumentsAndExitCodeOn() throws Exception {
        java(JAVA_17);
        maven("3.10.1", "echo chatter; " + BUILDS);
        Run run = run("replay", "a log.csv");
        assertThat(run.exitCode()).isEqualTo(7);
        assertThat(run.err()).startsWith("Building StreamQ").hasLineCount(1);
        assertThat(run.out())
                .contains(home.toRealPath() + "/cli/target/streamq-cli-0.1.0.jar", "io.streamq.cli.Main", "[a log.csv]")
                .doesNotContain("chatter");
        assertThat(home.resolve("target/build.lock")).doesNotExist();
        assertThat(run().err()).isEmpty();
    }

    @Test
    void withoutATerminalThereIsNoWindowToFit() throws Exception {
        java(JAVA_17);
        maven("3.9.11", BUILDS);
        assertThat(run().out()).contains("[-Dstreamq.terminal=false]", "[-Dstreamq.columns=0]", "[-Dstreamq.rows=0]");
    }

    @Test
    void editedSourceIsBuiltAgain() throws Exception {
        java(JAVA_17);
        maven("3.9.11", BUILDS);
        run();
        Path source = Files.createFile(home.resolve("cli/src/main/Edited.java"));
        Files.setLastModifiedTime(
                source,
                FileTime.fromMillis(Files.getLastModifiedTime(home.resolve("cli/target/streamq-cli-0.1.0.jar"))
                                .toMillis()
                        + 5_000));
        assertThat(run().err()).contains("Building StreamQ");
    }

    @Test
    void failedBuildShowsWhatMavenSaid() throws Exception {
        java(JAVA_17);
        maven("3.9.11", "echo COMPILATION ERROR; exit 1");
        Run run = run();
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("COMPILATION ERROR", "the build failed");
        assertThat(home.resolve("target/build.lock")).doesNotExist();
    }

    @Test
    void aBuildThatFailedAfterItMadeTheJarIsDoneAgain() throws Exception {
        java(JAVA_17);
        maven("3.9.11", BUILDS + "; echo NO SPACE LEFT; exit 1");
        assertThat(run().exitCode()).isEqualTo(1);
        assertBuildsAgain();
    }

    @Test
    void aBuildThatWasStoppedAfterItMadeTheJarIsDoneAgain() throws Exception {
        java(JAVA_17);
        maven("3.9.11", BUILDS + " && kill -TERM \"$(cat target/build.lock/pid)\"");
        assertThat(run().exitCode()).isEqualTo(ExitCodes.INTERRUPTED);
        assertThat(home.resolve("target/build.lock")).doesNotExist();
        assertBuildsAgain();
    }

    private void assertBuildsAgain() throws Exception {
        maven("3.9.11", BUILDS);
        Run next = run();
        assertThat(next.exitCode()).isEqualTo(7);
        assertThat(next.err()).contains("Building StreamQ");
    }

    /** Else a build that ends in between, or is still under way, would pass for a finished one. */
    @ParameterizedTest
    @ValueSource(strings = {"cli", "benchmarks"})
    void nothingThatTheCommandRunsOnIsCollectedAfterItsJarIsMade(String module) throws Exception {
        assertThat(LAUNCHER.resolveSibling(module).resolve("pom.xml"))
                .content()
                .contains("<phase>prepare-package</phase>")
                .doesNotContain("<phase>package</phase>");
    }

    @Test
    void lockOfAKilledBuildIsTakenOver() throws Exception {
        java(JAVA_17);
        maven("3.9.11", BUILDS);
        Process killed = new ProcessBuilder("true").start();
        killed.waitFor();
        Path lock = Files.createDirectories(home.resolve("target/build.lock"));
        Files.writeString(lock.resolve("pid"), killed.pid() + "\n");
        assertThat(run().exitCode()).isEqualTo(7);
    }

    /** Between making the lock and writing who has it. */
    @Test
    void lockThatNobodyOwnsIsTakenOverAfterAMinute() throws Exception {
        Path lock = Files.createDirectories(home.resolve("target/build.lock"));
        Files.setLastModifiedTime(lock, FileTime.from(Instant.now().minusSeconds(120)));
        java(JAVA_17);
        maven("3.9.11", BUILDS);
        assertThat(run().exitCode()).isEqualTo(7);
        assertThat(lock).doesNotExist();
    }

    @Test
    void symbolicLinksLeadHome() throws Exception {
        java(JAVA_17);
        maven("3.9.11", BUILDS);
        Path links = Files.createDirectory(folder.resolve("links"));
        Files.createSymbolicLink(links.resolve("first"), Path.of("..", "a checkout", "streamq"));
        launcher = Files.createSymbolicLink(links.resolve("second"), Path.of("first"));
        assertThat(run().out()).contains(home.toRealPath() + "/cli/target/streamq-cli-0.1.0.jar");
    }

    @Test
    void anExportedCdPathLeadsNowhereElse() throws Exception {
        java(JAVA_17);
        maven("3.9.11", BUILDS);
        Path elsewhere = Files.createDirectories(folder.resolve("elsewhere/a checkout"));
        environment.put("CDPATH", elsewhere.getParent().toString());
        launcher = Path.of("a checkout", "streamq");
        assertThat(run().out()).contains(home.toRealPath() + "/cli/target/streamq-cli-0.1.0.jar");
    }

    /** A java that tells its version, and its arguments when it is to run something. */
    private void java(String version) throws IOException {
        script(
                "java",
                "if [ \"$1\" = -version ]; then echo '" + version + "' >&2; exit 0; fi",
                "for argument; do echo \"[$argument]\"; done",
                "exit 7");
    }

    private void maven(String version, String build) throws IOException {
        script("mvn", "if [ \"$1\" = --version ]; then echo 'Apache Maven " + version + "'; exit 0; fi", build);
    }

    private void script(String name, String... lines) throws IOException {
        Path script = Files.write(
                bin.resolve(name),
                Stream.concat(Stream.of("#!/bin/sh"), Stream.of(lines)).toList());
        assertThat(script.toFile().setExecutable(true)).isTrue();
    }

    private Run run(String... args) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(Stream.of(launcher.toString()), Stream.of(args))
                        .toList())
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", bin.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return new Run(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    private static void assertRefused(Run run, String... parts) {
        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.err()).startsWith("streamq: ").contains(parts).hasLineCount(1);
        assertThat(run.out()).isEmpty();
    }
}
