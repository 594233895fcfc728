package io.streamq.cli.program;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A process in Linux's {@code /proc/PID/stat}. */
public final class ProcStat {
    private static final int STATE = 0;
    private static final int START_TICKS = 19;

    /** All fields after the process's name. */
    private final String[] fields;

    private ProcStat(String[] fields) {
        this.fields = fields;
    }

    /** Empty if the process is gone, or on another system. */
    public static Optional<ProcStat> of(ProcessHandle process) {
        try {
            // The name, in parentheses, is in no certain encoding and may contain spaces and parentheses.
            String told = Files.readString(Path.of("/proc", "" + process.pid(), "stat"), StandardCharsets.ISO_8859_1);
            return Optional.of(
                    new ProcStat(told.substring(told.lastIndexOf(')') + 2).split(" ", -1)));
        } catch (IOException notLinuxOrGone) {
            return Optional.empty();
        }
    }

    /** Whether the process has ended but its parent has not reaped it yet. */
    boolean isZombie() {
        return fields[STATE].equals("Z");
    }

    /** When the process started, in clock ticks since the machine did. */
    public String startTicks() {
        return fields[START_TICKS];
    }
}
