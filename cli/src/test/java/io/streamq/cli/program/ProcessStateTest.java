package io.streamq.cli.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class ProcessStateTest {
    /** A process whose name is one byte that begins no character; its parent tells its id, and takes no note when it ends. */
    private static final String UNHEEDED_CHILD =
            "named=\"$0/$(printf '\\377')\"; cp \"$(command -v sh)\" \"$named\"; \"$named\" -c : & echo $!; exec sleep 60";

    @TempDir
    private Path folder;

    @Test
    void aProcessThatNobodyTakesNoteOfHasEndedWhateverItsName() throws Exception {
        Process parent = new ProcessBuilder("sh", "-c", UNHEEDED_CHILD, folder.toString()).start();
        try {
            long id = Long.parseLong(parent.inputReader().readLine());
            ProcessHandle child = ProcessHandle.of(id).orElseThrow();
            await().until(() -> !ProcessState.isRunning(child));
            assertThat(child.isAlive()).as("what Java says of it").isTrue();
        } finally {
            parent.destroyForcibly().waitFor();
        }
    }
}
