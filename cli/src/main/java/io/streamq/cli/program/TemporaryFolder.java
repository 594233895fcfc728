package io.streamq.cli.program;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder for as long as it is open. */
public final class TemporaryFolder implements AutoCloseable {
    private static final int ATTEMPTS = 5;

    private final Path path;

    private TemporaryFolder(Path path) {
        this.path = path;
    }

    public static TemporaryFolder create(String prefix) throws IOException {
        return new TemporaryFolder(Files.createTempDirectory(prefix + "-"));
    }

    public Path path() {
        return path;
    }

    /** Removes all of it; tries again while somebody who is about to end still writes. */
    @Override
    public void close() {
        for (int attempt = 1; Files.exists(path) && attempt <= ATTEMPTS; attempt++) {
            removeWhatIsThere();
        }
    }

    private void removeWhatIsThere() {
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(path)) {
            deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
        } catch (IOException | UncheckedIOException e) {
            return;
        }
        for (Path file : deepestFirst) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException stillInUse) {
                return;
            }
        }
    }
}
