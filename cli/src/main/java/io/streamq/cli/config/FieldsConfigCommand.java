package io.streamq.cli.config;

import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Table;
import io.streamq.cli.terminal.Terminal;
import io.streamq.job.policy.PolicyRulesReader;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code streamq config fields}. */
@Command(
        name = "fields",
        description = "Lists the fields of a configuration: what they hold, their defaults, what they mean.",
        customSynopsis = "streamq config fields [OPTIONS]",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.LIST_DONE, ExitCodes.LIST_USAGE})
final class FieldsConfigCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Option(names = "--json", description = "Prints a line of JSON for each field.")
    private boolean json;

    FieldsConfigCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** A field, for programs. */
    record Line(String field, String kind, @Nullable String range, String defaultValue, String description) {}

    @Override
    public Integer call() {
        Map<String, String> ranges = PolicyRulesReader.ranges();
        Table table = new Table()
                .text("FIELD")
                .text("DEFAULT")
                .text("HOLDS")
                .text("MUST BE")
                .text("MEANS");
        for (String path : ConfigFields.paths()) {
            Line line = new Line(
                    path,
                    ConfigFields.kind(path),
                    ranges.get(path),
                    ConfigFields.defaultOf(path),
                    ConfigFields.description(path));
            if (json) {
                terminal.printJson(line);
            } else {
                table.row(
                        line.field,
                        line.defaultValue,
                        line.kind,
                        line.range == null ? "" : line.range,
                        line.description);
            }
        }
        if (!json) {
            terminal.print(table);
        }
        return ExitCodes.DONE;
    }
}
