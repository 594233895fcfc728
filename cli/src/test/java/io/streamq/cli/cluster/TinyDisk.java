package io.streamq.cli.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of a few kibibytes in memory, mounted over a folder, which it hides until it is unmounted. Needs root. */
final class TinyDisk {
    private TinyDisk() {}

    /** Tries it. */
    static boolean canBeMounted() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("streamq-tiny-disk");
        try {
            if (run("mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", folder.toString()) != 0) {
                return false;
            }
            unmount(folder);
            return true;
        } catch (IOException noSuchCommand) {
            return false;
        } finally {
            Files.delete(folder);
        }
    }

    static void mount(Path folder) throws IOException, InterruptedException {
        require("mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", folder.toString());
    }

    /** At once for all who come, whoever has a file open there still. */
    static void unmount(Path folder) throws IOException, InterruptedException {
        require("umount", "--lazy", folder.toString());
    }

    private static void require(String... command) throws IOException, InterruptedException {
        int exitCode = run(command);
        if (exitCode != 0) {
            throw new AssertionError(String.join(" ", command) + " must succeed: exit code " + exitCode);
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
