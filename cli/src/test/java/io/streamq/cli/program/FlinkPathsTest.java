package io.streamq.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.core.fs.FileSystem;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlinkPathsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"plain", "my state", "müller", "50%20", "a+b", "a#b?c"})
    void flinkFindsTheFolderThatIsMeantAndTheOtherWayRound(String name) throws Exception {
        Path named = Files.createDirectory(folder.resolve(name));
        Files.createFile(named.resolve("_metadata"));
        String told = FlinkPaths.of(named);
        var inFlink = new org.apache.flink.core.fs.Path(told, "_metadata");
        assertThat(FileSystem.getLocalFileSystem().exists(inFlink)).isTrue();
        assertThat(FlinkPaths.local(told)).isEqualTo(named);
        assertThat(FlinkPaths.local(new org.apache.flink.core.fs.Path(told).toString()))
                .isEqualTo(named);
    }
}
