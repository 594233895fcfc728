package io.streamq.cli.cluster;

import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Terminal;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code streamq cluster stop}. */
@Command(
        name = "stop",
        description = {
            "Stops all processes of the cluster, by force if they take too long. Savepoints, checkpoints,"
                    + " topics and logs stay in its folder.",
            "",
            "After the next start, 'streamq cluster submit --from latest' resumes from the last checkpoint;"
                    + " to repeat nothing then, run 'streamq cluster savepoint --stop' first."
        },
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {"0:no process runs any more", ExitCodes.LIST_FAILED, ExitCodes.LIST_USAGE})
final class StopCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private FolderOption where = new FolderOption();

    @Option(
            names = "--clean",
            description = "Removes the folder with everything learnt, the savepoints and the topics in it.")
    private boolean clean;

    StopCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        Cluster cluster = Cluster.in(where.folder());
        List<String> stopped = cluster.stop();
        terminal.print(
                stopped.isEmpty()
                        ? "Nothing was running."
                        : terminal.styled(Style.GOOD, "Stopped") + " " + String.join(", ", stopped) + ".");
        if (clean) {
            cluster.clean();
            terminal.print("Removed " + cluster.folder().root());
        }
        return ExitCodes.DONE;
    }
}
