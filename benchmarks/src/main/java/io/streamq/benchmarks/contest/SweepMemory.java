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
 * What sweeps have measured already, one file per setting: a sweep takes hours, and many of its places are equal.
 *
 * @param machine that must have measured, at the same commit without local changes
 * @param rounds that must have been measured
 */
record SweepMemory(Path folder, Machine machine, int rounds) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * What was measured; {@code null} if nothing was, or on another machine, with other code or with another number of
     * rounds.
     */
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
