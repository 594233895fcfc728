package io.streamq.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.cli.Main;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a process writes where its results belong, and what it says if it cannot. */
class StandardOutputTest {
    @TempDir
    private Path folder;

    private ProcessBuilder streamq(List<String> javaOptions, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(err().toFile());
    }

    private File out() {
        return folder.resolve("out").toFile();
    }

    private Path err() {
        return folder.resolve("err");
    }

    private static int exitCode(Process process) throws InterruptedException {
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("has ended").isTrue();
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    @EnabledOnOs(OS.LINUX)
    @Test
    void resultsThatAFullDiskDoesNotTakeAreAFailure() throws Exception {
        Process help = streamq(List.of(), "--help")
                .redirectOutput(new File("/dev/full"))
                .start();
        assertThat(exitCode(help)).isEqualTo(ExitCodes.FAILED);
        assertThat(err())
                .content(StandardCharsets.UTF_8)
                .isEqualToIgnoringNewLines("streamq: standard output could not be written: is the disk full?");
    }

    @Test
    void whoHasSeenEnoughAndClosesThePipeIsToldNothing() throws Exception {
        Process help = streamq(List.of(), "--help").start();
        help.getInputStream().close();
        assertThat(exitCode(help)).isEqualTo(ExitCodes.DONE);
        assertThat(err()).isEmptyFile();
    }

    /** As when the folder of the log goes away while the command runs. */
    @Test
    void aLogThatCannotBeWrittenLeavesTheResultsAsTheyAre() throws Exception {
        Path log = Files.createFile(folder.resolve("file")).resolve("x.log");
        List<String> logging = List.of("-Dstreamq.log.appender=file", "-Dstreamq.log=" + log);
        Process check = streamq(logging, "topics", "check", "-b", "127.0.0.1:1")
                .redirectOutput(out())
                .start();
        assertThat(exitCode(check)).isEqualTo(ExitCodes.FAILED);
        assertThat(err()).content(StandardCharsets.UTF_8).contains("x.log", "no Kafka broker");
        assertThat(out()).isEmpty();
    }
}
