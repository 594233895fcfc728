package io.streamq.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
    @TempDir
    private Path folder;

    @Test
    void aFileInAFolderThatIsNotThereYetCanBeWrittenToAndIsLeftToTheFirstWarning() throws IOException {
        Path file = folder.resolve("a/b/x.log");
        assertThat(LogFile.canBeWrittenTo(file)).isTrue();
        assertThat(file.getParent()).isEmptyDirectory();

        Files.createFile(file);
        assertThat(LogFile.canBeWrittenTo(file)).isTrue();
    }

    @Test
    void neitherAFolderNorAFileBelowAFileCanBeWrittenTo() throws IOException {
        assertThat(LogFile.canBeWrittenTo(folder)).isFalse();
        assertThat(LogFile.canBeWrittenTo(Path.of(""))).isFalse();
        assertThat(LogFile.canBeWrittenTo(
                        Files.createFile(folder.resolve("file")).resolve("x.log")))
                .isFalse();
    }

    /** Permissions would not stop root. */
    @EnabledOnOs(OS.LINUX)
    @Test
    void aFolderThatNobodyCanMakeIsToldFromOneThatIsMerelyAbsent() {
        assertThat(LogFile.canBeWrittenTo(Path.of("/proc/x/streamq/job.log"))).isFalse();
    }
}
