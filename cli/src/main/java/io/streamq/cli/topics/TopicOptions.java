package io.streamq.cli.topics;

import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The topics' names, and what they should be like. */
final class TopicOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(names = "--experiences-topic", paramLabel = "NAME", description = "Default: ${DEFAULT-VALUE}")
    private String experiences = TopicRole.EXPERIENCES.defaultName;

    @Option(names = "--policy-topic", paramLabel = "NAME", description = "Default: ${DEFAULT-VALUE}")
    private String policy = TopicRole.POLICY.defaultName;

    @Option(names = "--control-topic", paramLabel = "NAME", description = "Default: ${DEFAULT-VALUE}")
    private String control = TopicRole.CONTROL.defaultName;

    @Option(names = "--control-status-topic", paramLabel = "NAME", description = "Default: ${DEFAULT-VALUE}")
    private String controlStatus = TopicRole.CONTROL_STATUS.defaultName;

    @Option(names = "--dead-letters-topic", paramLabel = "NAME", description = "Default: ${DEFAULT-VALUE}")
    private String deadLetters = TopicRole.DEAD_LETTERS.defaultName;

    private @Nullable Integer partitions;
    private @Nullable Short replication;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "Partitions of the experiences topic; the other topics have one. Default: created with 8, not"
                    + " checked")
    void setPartitions(int number) {
        partitions = positive("--partitions", number);
    }

    @Option(
            names = "--replication",
            paramLabel = "N",
            description =
                    "Replicas of every topic; three or more are created with min.insync.replicas=2. Default: created"
                            + " with the broker's default, not checked")
    void setReplication(short number) {
        replication = (short) positive("--replication", number);
    }

    static TopicOptions defaults(int partitions) {
        TopicOptions options = new TopicOptions();
        options.partitions = partitions;
        return options;
    }

    TopicOptions withExperiences(String name) {
        experiences = name;
        return this;
    }

    TopicOptions withPolicy(String name) {
        policy = name;
        return this;
    }

    private int positive(String option, int number) {
        if (number < 1) {
            throw new ParameterException(command.commandLine(), option + " must be at least 1: got " + number);
        }
        return number;
    }

    List<TopicPlan> plans() {
        return List.of(
                new TopicPlan(TopicRole.EXPERIENCES, experiences, partitions, replication),
                new TopicPlan(TopicRole.POLICY, policy, null, replication),
                new TopicPlan(TopicRole.CONTROL, control, null, replication),
                new TopicPlan(TopicRole.CONTROL_STATUS, controlStatus, null, replication),
                new TopicPlan(TopicRole.DEAD_LETTERS, deadLetters, null, replication));
    }
}
