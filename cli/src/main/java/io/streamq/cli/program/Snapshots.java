package io.streamq.cli.program;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checkpoints and savepoints in local folders that a job can restore. */
public final class Snapshots {
    /** Present once the snapshot is complete. */
    private static final String MARK = "_metadata";
    /** {@code <job>/chk-<n>/_metadata} of a checkpoint; a savepoint's is one level higher. */
    private static final int DEPTH = 3;

    private Snapshots() {}

    /**
     * The snapshot completed last. Those removed meanwhile, as Flink does with older checkpoints, are skipped.
     *
     * @param folders of all checkpoints or savepoints; each may be missing
     * @throws CommandFailure if one cannot be read
     */
    public static Optional<Path> newest(Collection<Path> folders) {
        Search search = new Search();
        for (Path folder : folders) {
            try {
                Files.walkFileTree(folder, Set.of(FileVisitOption.FOLLOW_LINKS), DEPTH, search);
            } catch (IOException e) {
                throw new CommandFailure("the snapshots in " + folder + " cannot be listed (" + e + ")", e);
            }
        }
        return Optional.ofNullable(search.newest).map(Path::getParent);
    }

    private static final class Search extends SimpleFileVisitor<Path> {
        /** The mark of the newest so far; null if none was found yet. */
        private @Nullable Path newest;

        private @Nullable FileTime completed;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.endsWith(MARK)
                    && (completed == null || attributes.lastModifiedTime().compareTo(completed) > 0)) {
                newest = file;
                completed = attributes.lastModifiedTime();
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException || failure instanceof FileSystemLoopException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }
    }
}
