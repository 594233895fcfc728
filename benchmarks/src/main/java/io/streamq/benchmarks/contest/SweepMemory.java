package io.streamq.benchmarks.contest;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.benchmarks.report.Machine;
import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a sweep has measured already, one file for each setting: a sweep takes hours, and many of its places are the same.
 *
 * @param machine that must have measured, of a commit and with nothing changed since
 * @param rounds that must have been measured
 */
record SweepMemory(Path folder, Machine machine, int rounds) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What was measured; {@code null} if nothing was, or not by this machine, not of this code or not as often. */
    @Nullable
    Outcome recall(Setting setting) {
        Path file = file(setting);
        if (!Files.exists(file)) {
            return null;
        }
        try {
            Outcome outcome = JSON.readValue(file.toFile(), Outcome.class);
            boolean holds = outcome.setting().equals(setting)
                    && outcome.rounds() == rounds
                    && machine.measuresAs(outcome.machine());
            return holds ? outcome : null;
        } catch (IOException e) {
            throw new CommandFailure("what was measured before cannot be read: " + file + "; remove it (" + e + ")", e);
        }
    }

    void keep(Outcome outcome, Terminal terminal) {
        Path file = file(outcome.setting());
        try {
            Files.createDirectories(folder);
            Files.writeString(file, terminal.json(outcome));
        } catch (IOException e) {
            throw new CommandFailure("what was measured cannot be written to " + file + " (" + e + ")", e);
        }
    }

    private Path file(Setting setting) {
        return folder.resolve(setting.inShort().replaceAll("[^A-Za-z0-9]+", "-") + ".json");
    }
}
