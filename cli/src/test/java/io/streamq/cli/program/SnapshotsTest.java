package io.streamq.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotsTest {
    /** Of these, some meet a folder that goes away between being listed and being entered. */
    private static final int SEARCHES = 1_000;

    private static final int PASSING = 100;

    @TempDir
    private Path folder;

    @Test
    void theOneCompletedLastIsTheNewestWhereverItLies() throws IOException {
        Path checkpoints = folder.resolve("checkpoints");
        Path savepoints = folder.resolve("savepoints");
        complete(checkpoints.resolve("job/chk-9"), 1);
        Path savepoint = complete(savepoints.resolve("savepoint-1"), 2);
        assertThat(Snapshots.newest(List.of(savepoints, checkpoints))).contains(savepoint);

        Path checkpoint = complete(checkpoints.resolve("another/chk-1"), 3);
        assertThat(Snapshots.newest(List.of(savepoints, checkpoints))).contains(checkpoint);
    }

    @Test
    void oneThatIsBeingWrittenIsNoneYet() throws IOException {
        Files.createFile(Files.createDirectories(folder.resolve("job/chk-1")).resolve("state"));
        assertThat(Snapshots.newest(List.of(folder))).isEmpty();
    }

    @Test
    void aFolderThatWasNeverMadeHasNone() {
        assertThat(Snapshots.newest(List.of(folder.resolve("none")))).isEmpty();
    }

    @Test
    void linksAreFollowedAndLeadNowhereTwice() throws IOException {
        complete(folder.resolve("elsewhere/job/chk-1"), 1);
        Files.createSymbolicLink(folder.resolve("elsewhere/again"), folder.resolve("elsewhere"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("elsewhere"));
        assertThat(Snapshots.newest(List.of(link))).contains(link.resolve("job/chk-1"));
    }

    /** As Flink does with the checkpoints before the last. */
    @Test
    void whatIsRemovedDuringTheSearchIsNone() throws Exception {
        Path kept = complete(folder.resolve("job/chk-1"), 1);
        AtomicBoolean found = new AtomicBoolean();
        ExecutorService remover = Executors.newSingleThreadExecutor();
        try {
            Future<?> removals = remover.submit(() -> {
                while (!found.get()) {
                    for (int n = 2; n < PASSING; n++) {
                        Files.createDirectory(folder.resolve("job/chk-" + n));
                    }
                    for (int n = 2; n < PASSING; n++) {
                        Files.delete(folder.resolve("job/chk-" + n));
                    }
                }
                return null;
            });
            for (int search = 0; search < SEARCHES; search++) {
                assertThat(Snapshots.newest(List.of(folder))).contains(kept);
            }
            found.set(true);
            removals.get();
        } finally {
            found.set(true);
            remover.shutdown();
        }
    }

    private static Path complete(Path snapshot, long atMillis) throws IOException {
        Path mark = Files.createFile(Files.createDirectories(snapshot).resolve("_metadata"));
        Files.setLastModifiedTime(mark, FileTime.fromMillis(atMillis));
        return snapshot;
    }
}
