package io.streamq.cli.topics;

import io.streamq.cli.kafka.KafkaConnection;
import io.streamq.cli.terminal.Terminal;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that may change topics, and then reports on them. */
abstract class TopicReporting implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private KafkaConnection connection = new KafkaConnection();

    @Mixin
    private TopicOptions options = new TopicOptions();

    @Option(names = "--json", description = "Prints the result as JSON.")
    private boolean json;

    TopicReporting(Terminal terminal) {
        this.terminal = terminal;
    }

    abstract TopicReport report(TopicAdministration topics, List<TopicPlan> plans);

    @Override
    public Integer call() {
        try (Admin admin = connection.openAdmin()) {
            TopicReport report = report(new TopicAdministration(connection, admin), options.plans());
            if (json) {
                terminal.printJson(report.json());
            } else {
                report.print(terminal, connection.bootstrapServers());
            }
            return report.exitCode();
        }
    }
}
