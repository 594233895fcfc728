package io.streamq.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineTest {
    @TempDir
    private Path checkout;

    @BeforeEach
    void commitASource() throws Exception {
        write("job/src/main/java/Job.java");
        git("init", "-q");
        git("add", ".");
        git("config", "user.name", "it");
        git("config", "user.email", "it@example.org");
        git("config", "commit.gpgsign", "false");
        git("commit", "-q", "-m", "Begin");
    }

    @Test
    void aCommitIsDirtyOnceASourceIsChangedOrAdded() throws IOException {
        assertThat(Machine.commitOf(checkout)).matches("[0-9a-f]{10}");
        Files.writeString(checkout.resolve("job/src/main/java/Job.java"), "class Job { int changed; }");
        assertThat(Machine.commitOf(checkout)).endsWith("-dirty");
        write("job/src/main/java/Job.java");
        assertThat(Machine.commitOf(checkout)).matches("[0-9a-f]{10}");
        write("job/src/main/java/Added.java");
        assertThat(Machine.commitOf(checkout)).endsWith("-dirty");
    }

    @Test
    void documentsAndOutcomesDoNotMakeACommitDirty() throws IOException {
        write("docs/performance.md");
        write("goals.json");
        assertThat(Machine.commitOf(checkout)).matches("[0-9a-f]{10}");
    }

    @Test
    void aFolderThatIsNoCheckoutHasNoCommit(@TempDir Path elsewhere) {
        assertThat(Machine.commitOf(elsewhere)).isNull();
    }

    private void write(String name) throws IOException {
        Path file = checkout.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "class Job {}");
    }

    private void git(String... arguments) throws IOException, InterruptedException {
        List<String> command =
                Stream.concat(Stream.of("git"), Stream.of(arguments)).toList();
        Process git = new ProcessBuilder(command)
                .directory(checkout.toFile())
                .inheritIO()
                .start();
        assertThat(git.waitFor()).isZero();
    }
}
