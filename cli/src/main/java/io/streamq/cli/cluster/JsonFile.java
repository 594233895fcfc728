package io.streamq.cli.cluster;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.streamq.cli.program.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** A record kept in a file for the next command. */
final class JsonFile {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private JsonFile() {}

    /** The record, or empty if there is no such file. */
    static <T> Optional<T> read(Path file, Class<T> type) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(JSON.readValue(file.toFile(), type));
        } catch (IOException e) {
            throw new CommandFailure(
                    "the file cannot be read: " + file + " (" + e.getMessage()
                            + "); remove it if another release of StreamQ wrote it",
                    e);
        }
    }

    /** Writes the record atomically. */
    static void write(Path file, Object content) {
        Path draft = file.resolveSibling(file.getFileName() + ".draft");
        try {
            JSON.writeValue(draft.toFile(), content);
            Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new CommandFailure("the file cannot be written: " + file + " (" + e + ")", e);
        }
    }
}
