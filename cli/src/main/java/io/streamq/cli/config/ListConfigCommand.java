package io.streamq.cli.config;

import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Table;
import io.streamq.cli.terminal.Terminal;
import io.streamq.schemas.LearningRateConfig;
import io.streamq.schemas.PolicyConfig;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code streamq config list}. */
@Command(
        name = "list",
        description = "Lists the configured policies, and whether their configurations are in force on every shard;"
                + " deleted ones until they are gone from every shard and no crash can bring them back.",
        customSynopsis = "streamq config list -b HOST:PORT[,...] [OPTIONS]",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {ExitCodes.LIST_DONE, ExitCodes.LIST_FAILED, ExitCodes.LIST_USAGE})
final class ListConfigCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ControlTopics topics = new ControlTopics();

    @Option(names = "--json", description = "Prints a line of JSON for each policy.")
    private boolean json;

    ListConfigCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** A policy, for programs. */
    record Line(
            String policyId,
            @Nullable String standing,
            boolean deleted,
            long applied,
            int shards,
            List<String> violations,
            @Nullable Map<String, @Nullable Object> config) {}

    @Override
    public Integer call() {
        Map<String, Configured> configured = topics.configurations();
        Map<String, Standing> standings = topics.standings();
        configured.entrySet().removeIf(each -> standings
                .getOrDefault(each.getKey(), Standing.SILENT)
                .isGone(each.getValue()));
        if (json) {
            configured.forEach((policyId, found) ->
                    terminal.printJson(line(policyId, found, standings.getOrDefault(policyId, Standing.SILENT))));
        } else if (configured.isEmpty()) {
            terminal.print("No policy is configured: all learn by the job's options.");
        } else {
            print(configured, standings);
        }
        return ExitCodes.DONE;
    }

    private static Line line(String policyId, Configured found, Standing standing) {
        PolicyConfig config = found.config();
        return new Line(
                policyId,
                standing.describe(found),
                found.isDeleted(),
                standing.applied(found.place()),
                standing.shards(),
                standing.violations(found),
                config == null ? null : ConfigFields.printable(config));
    }

    private void print(Map<String, Configured> configured, Map<String, Standing> standings) {
        Table table = new Table()
                .text("POLICY")
                .text("STANDING")
                .text("LEARNS")
                .number("ACTIONS")
                .text("ALGORITHM")
                .text("RATE")
                .number("DISCOUNT")
                .number("GENERATION");
        configured.forEach((policyId, found) -> {
            PolicyConfig config = found.config();
            String standing = standings.getOrDefault(policyId, Standing.SILENT).describe(found);
            if (found.isDeleted()) {
                table.row(policyId, standing, "", "", "", "", "", "");
            } else if (config == null) {
                table.row(policyId, standing, "?", "?", "?", "?", "?", "?");
            } else {
                table.row(
                        policyId,
                        standing,
                        config.getFrozen() ? "frozen" : "yes",
                        config.getActions(),
                        config.getAlgorithm().getKind(),
                        rate(config.getLearningRate()),
                        config.getDiscount(),
                        config.getGeneration());
            }
        });
        terminal.print(table);
        configured.forEach((policyId, found) -> standings
                .getOrDefault(policyId, Standing.SILENT)
                .violations(found)
                .forEach(violation ->
                        terminal.print(terminal.styled(Style.BAD, policyId + " was refused: ") + violation)));
        long count =
                configured.values().stream().filter(found -> !found.isDeleted()).count();
        terminal.print(terminal.styled(
                Style.QUIET,
                count + (count == 1 ? " policy" : " policies")
                        + " configured; 'streamq config get POLICY' shows every field of one."));
    }

    private static String rate(LearningRateConfig rate) {
        return switch (rate.getSchedule()) {
            case CONSTANT -> "" + rate.getAlpha();
            case POLYNOMIAL -> "n^-" + rate.getOmega();
            case HARMONIC -> "(c+1)/(c+n), c=" + rate.getC();
            case SAMPLE_AVERAGE -> "1/n";
            case UNKNOWN -> "?";
        };
    }
}
