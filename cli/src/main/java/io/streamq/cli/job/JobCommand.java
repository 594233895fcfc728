package io.streamq.cli.job;

import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.program.FlinkPaths;
import io.streamq.cli.program.Interruption;
import io.streamq.cli.program.LogFile;
import io.streamq.cli.program.Snapshots;
import io.streamq.cli.program.TemporaryFolder;
import io.streamq.cli.terminal.Live;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Terminal;
import io.streamq.job.kafka.KafkaPreflight;
import io.streamq.job.options.InvalidOptionsException;
import io.streamq.job.options.JobArguments;
import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions;
import io.streamq.job.options.StreamQOptions.SourceEnd;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.IllegalConfigurationException;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code streamq job}: the job against any broker, until Ctrl-C. */
@Command(
        name = "job",
        description = {
            "Runs the learning job in this process against any Kafka, until Ctrl-C.",
            "",
            "Takes every option of the job as --streamq.x.y=VALUE (docs/configuration.md lists them; streamq.policy.actions is"
                    + " required). The job jar takes the same options with 'flink run' on a cluster."
        },
        customSynopsis =
                "streamq job -b HOST:PORT[,...] --streamq.policy.actions=N [--streamq.x.y=VALUE]... [-D x.y=VALUE]..."
                        + " [--state DIR]",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:the topic was learnt to its end (--streamq.source.end=LATEST)",
            "1:Kafka cannot be reached, a topic is missing, or the job failed",
            "2:an option is wrong; all errors are named",
            ExitCodes.LIST_INTERRUPTED
        })
public final class JobCommand implements Callable<Integer> {
    private static final int POLL_MILLIS = 200;

    private final Terminal terminal;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = {"-b", "--bootstrap-servers"},
            paramLabel = "HOST:PORT[,...]",
            description = "Addresses of the Kafka brokers; short for --streamq.kafka.bootstrap-servers.")
    private @Nullable String bootstrapServers;

    @Option(
            names = "-D",
            paramLabel = "x.y=VALUE",
            description = "A setting of Flink, such as state.backend.type=rocksdb.")
    private Map<String, String> flinkSettings = new LinkedHashMap<>();

    @Option(
            names = "--state",
            paramLabel = "DIR",
            description =
                    "Keeps checkpoints there and resumes from the newest, or from the snapshot that"
                            + " -D execution.state-recovery.path=... names. Without it, what was learnt is lost with the process,"
                            + " and the next run learns again from everything on the topic. Not for a job that ends with its topic.")
    private @Nullable Path stateFolder;

    @Unmatched
    private List<String> jobArguments = new ArrayList<>();

    public JobCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Exception {
        String warnings = LogFile.ofLongRun("job");
        JobOptions options = options();
        Configuration flink = flink();
        try {
            KafkaPreflight.check(options);
        } catch (KafkaPreflight.NotReadyException e) {
            throw new CommandFailure(String.valueOf(e.getMessage()), e);
        }
        try (Interruption interruption = Interruption.ofThisThread();
                TemporaryFolder work = TemporaryFolder.create("streamq-job");
                LocalJob job = start(options, flink, work.path());
                Live live = terminal.live()) {
            terminal.print(terminal.styled(Style.TITLE, "StreamQ learns") + " from "
                    + options.topics().experiences() + " at " + options.kafka().bootstrapServers()
                    + "; Ctrl-C stops it; " + warnings);
            return follow(job, live);
        }
    }

    private JobOptions options() {
        List<String> arguments = new ArrayList<>(jobArguments);
        if (bootstrapServers != null) {
            arguments.add("--" + StreamQOptions.BOOTSTRAP_SERVERS.key() + "=" + bootstrapServers);
        }
        try {
            JobOptions options = JobOptions.of(JobArguments.parse(arguments));
            requireThatSomethingIsKept(options);
            return options;
        } catch (InvalidOptionsException e) {
            throw usageError(e);
        }
    }

    private ParameterException usageError(InvalidOptionsException e) {
        return new ParameterException(
                command.commandLine(), String.join(System.lineSeparator() + "streamq: ", e.violations()), e);
    }

    private LocalJob start(JobOptions options, Configuration flink, Path workFolder) throws InterruptedException {
        if (stateFolder != null) {
            goOn(flink, stateFolder);
        }
        try {
            return LocalJob.start(options, flink, workFolder);
        } catch (InvalidOptionsException e) {
            throw usageError(e);
        } catch (IllegalArgumentException | IllegalConfigurationException e) {
            if (flinkSettings.isEmpty()) {
                throw e;
            }
            throw wrongSetting(e);
        }
    }

    private ParameterException wrongSetting(RuntimeException e) {
        return new ParameterException(
                command.commandLine(), "-D must give settings that Flink accepts: " + e.getMessage(), e);
    }

    private void requireThatSomethingIsKept(JobOptions options) {
        if (stateFolder != null && options.sourceEnd() == SourceEnd.LATEST) {
            throw new ParameterException(
                    command.commandLine(),
                    "--state would keep nothing of a job that ends with its topic (--" + StreamQOptions.SOURCE_END.key()
                            + "=LATEST), as Flink removes the checkpoints of a job that has finished: leave out one"
                            + " of the two");
        }
    }

    private Configuration flink() {
        Configuration flink = Configuration.fromMap(flinkSettings);
        if (stateFolder != null) {
            setForState(flink, CheckpointingOptions.CHECKPOINTS_DIRECTORY, FlinkPaths.of(stateFolder));
            setForState(
                    flink,
                    CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                    ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        }
        return flink;
    }

    /** Checkpoints that lie elsewhere, or go with the job, would be none that the next start finds. */
    private <T> void setForState(Configuration flink, ConfigOption<T> option, T value) {
        T given;
        try {
            given = flink.getOptional(option).orElse(value);
        } catch (IllegalArgumentException e) {
            throw wrongSetting(e);
        }
        if (!given.equals(value)) {
            throw new ParameterException(
                    command.commandLine(),
                    "--state needs " + option.key() + "=" + value + ": got -D " + option.key() + "=" + given
                            + "; leave out one of the two");
        }
        flink.set(option, value);
    }

    private void goOn(Configuration flink, Path folder) {
        Optional<String> named = flink.getOptional(StateRecoveryOptions.SAVEPOINT_PATH);
        if (named.isPresent()) {
            terminal.print("Resumes from " + named.get());
            return;
        }
        Snapshots.newest(List.of(folder)).ifPresent(checkpoint -> {
            terminal.print("Resumes from " + checkpoint);
            flink.set(StateRecoveryOptions.SAVEPOINT_PATH, FlinkPaths.of(checkpoint));
        });
    }

    private int follow(LocalJob job, Live live) {
        long startNanos = System.nanoTime();
        try {
            showUntilFinished(job, live);
            return ExitCodes.DONE;
        } catch (InterruptedException e) {
            return ExitCodes.INTERRUPTED;
        } finally {
            live.erase();
            report(job.metrics(), Duration.ofNanos(System.nanoTime() - startNanos));
        }
    }

    private void report(JobMetrics metrics, Duration duration) {
        terminal.print(terminal.styled(Style.GOOD, "Learnt ")
                + Quantities.count(metrics.experiencesApplied(), "experience") + " in "
                + Quantities.duration(duration) + "; "
                + Quantities.count(metrics.policyUpdatesSent(), "policy update") + ", "
                + Quantities.count(metrics.deadLetters(), "dead letter")
                + (metrics.hasRestarted() ? "; counted since Flink last restarted the job" : ""));
    }

    private static void showUntilFinished(LocalJob job, Live live) throws InterruptedException {
        Throughput throughput = new Throughput();
        while (!job.hasFinished()) {
            long applied = job.metrics().experiencesApplied();
            double rate = throughput.perSecond(applied);
            String line = Quantities.count(applied, "experience") + " applied  " + Quantities.rate(rate) + "  "
                    + Quantities.count(job.metrics().policyUpdatesSent(), "policy update") + "  "
                    + Quantities.count(job.metrics().deadLetters(), "dead letter");
            live.show(() -> List.of(line), () -> line);
            Thread.sleep(POLL_MILLIS);
        }
    }
}
