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
    /**
     * A process whose name is one byte that begins no character, and which ends with its input. Its parent becomes another program
     * before it tells the id, as a shell would take note.
     */
    private static final String UNHEEDED_CHILD =
            "exec 3<&0; named=\"$0/$(printf '\\377')\"; cp \"$(command -v sh)\" \"$named\"; \"$named\" -c 'read line' <&3 & "
                    + "echo $! > \"$0/id\"; exec tail -f \"$0/id\"";

    @TempDir
    private Path folder;

    @Test
    void aProcessThatNobodyTakesNoteOfHasEndedWhateverItsName() throws Exception {
        Process parent = new ProcessBuilder("sh", "-c", UNHEEDED_CHILD, folder.toString()).start();
        try {
            long id = Long.parseLong(parent.inputReader().readLine());
            ProcessHandle child = ProcessHandle.of(id).orElseThrow();
            assertThat(ProcessState.isRunning(child)).isTrue();
            parent.outputWriter().close();
            await().until(() -> !ProcessState.isRunning(child));
            assertThat(child.isAlive()).as("what Java says of it").isTrue();
        } finally {
            parent.destroyForcibly().waitFor();
        }
    }
}
