package io.streamq.cli.program;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder that is removed on close. */
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

    /** Removes it all; retries while a thread or process that is ending still writes. */
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
