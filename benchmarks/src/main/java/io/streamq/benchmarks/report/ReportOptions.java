package io.streamq.benchmarks.report;

import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.terminal.Live;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where the outcome of a benchmark goes, the same for all benchmarks. */
public final class ReportOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = "--json",
            description = "Prints the outcome as JSON instead of a table, progress on standard error.")
    private boolean json;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description =
                    "Also writes the outcome there, as JSON with machine, JDK, commit and settings, and as drawings"
                            + " if there are any.")
    private @Nullable Path out;

    private final @Nullable Path usual;

    /** Of a benchmark that writes only on request. */
    public ReportOptions() {
        usual = null;
    }

    /** Of a benchmark that always writes, by default to a folder under the current one. */
    public ReportOptions(String usual) {
        this.usual = Path.of(usual);
    }

    public boolean json() {
        return json;
    }

    /** Where the outcome is written. */
    public Path folder() {
        return Objects.requireNonNull(chosen(), "only a benchmark that writes anyway has a folder for sure");
    }

    private @Nullable Path chosen() {
        return out == null ? usual : out;
    }

    /** Progress, where it does not get mixed with the outcome. */
    public Live live(Terminal terminal) {
        return json ? terminal.liveBesideJson() : terminal.live();
    }

    /** Shows the current step there. */
    public static Consumer<String> steps(Terminal terminal, Live live) {
        return step -> {
            live.showLast(() -> List.of("  " + terminal.styled(Style.QUIET, step + " ...")));
            live.show(List::of, () -> step);
        };
    }

    /** Fails before measuring something that could not be written. */
    public void validate() {
        require(
                out == null || !Files.exists(out) || Files.isDirectory(out),
                "--out must be a folder: got '" + out + "'");
    }

    /** Fails with a usage error unless something holds. */
    public void require(boolean holds, String sentence) {
        if (!holds) {
            throw new ParameterException(command.commandLine(), sentence);
        }
    }

    /** Prints the outcome with {@code --json}. */
    public void printJson(Terminal terminal, Object outcome) {
        if (json) {
            terminal.printJson(outcome);
        }
    }

    /** Writes a file to the outcome's folder, if there is one, and says so. */
    public void write(Terminal terminal, String name, String content) {
        Path file = save(name, content);
        if (file != null && !json) {
            terminal.print("Written to " + file);
        }
    }

    /** Writes a file to the outcome's folder and returns it; {@code null} without a folder. */
    public @Nullable Path save(String name, String content) {
        Path folder = chosen();
        if (folder == null) {
            return null;
        }
        Path file = folder.resolve(name);
        try {
            Files.createDirectories(folder);
            Files.writeString(file, content.endsWith("\n") ? content : content + "\n");
        } catch (IOException e) {
            throw new CommandFailure("the outcome cannot be written to " + file + " (" + e + ")", e);
        }
        return file;
    }
}
