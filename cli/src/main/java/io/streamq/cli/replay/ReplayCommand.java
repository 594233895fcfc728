package io.streamq.cli.replay;

import io.streamq.agent.DeliveryFailedException;
import io.streamq.agent.ExperiencePublisher;
import io.streamq.agent.PublisherSettings;
import io.streamq.cli.kafka.KafkaConnection;
import io.streamq.cli.kafka.TopicOption;
import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.program.Interruption;
import io.streamq.cli.terminal.Live;
import io.streamq.cli.terminal.ProgressBar;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Terminal;
import io.streamq.schemas.Experience;
import io.streamq.schemas.PolicyKey;
import io.streamq.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code streamq replay}: publishes recorded experience. */
@Command(
        name = "replay",
        description = {
            "Publishes a log of experience to Kafka.",
            "",
            "A log is CSV with a header (.csv) or JSON, one object per line (.jsonl, .ndjson), and may be"
                    + " gzipped (.gz). It must have state, action, reward, next_state and terminated, and may have"
                    + " truncated, agent_id, episode_id, step, policy_id, discount, legal_actions (0;2;3), next_action,"
                    + " behavior_probability, policy_version and event_time (milliseconds or ISO 8601). Other columns"
                    + " are ignored, with a warning."
        },
        customSynopsis = "streamq replay -b HOST:PORT[,...] [OPTIONS] FILE",
        exitCodeListHeading = ExitCodes.HEADING,
        exitCodeList = {
            "0:the log was published, and all of it confirmed by Kafka",
            "1:there is a bad line, or the log breaks off, and nothing was published; or Kafka did not accept"
                    + " everything, or a log whose bad lines are skipped breaks off, and standard error says where to"
                    + " continue",
            ExitCodes.LIST_USAGE,
            ExitCodes.LIST_INTERRUPTED
        })
public final class ReplayCommand implements Callable<Integer> {
    /** What to do about a line that holds no experience. */
    enum OnBadLine {
        SKIP,
        STOP;

        @Override
        public String toString() {
            return this == SKIP ? "skip" : "stop";
        }
    }

    /**
     * The outcome for programs.
     *
     * @param published records that Kafka confirmed
     * @param lost records sent but not confirmed by Kafka; some may be on the topic nevertheless
     * @param nextLine if it did not reach the end: lines before this one were sent or skipped, this one was not
     */
    record Outcome(
            String file,
            String topic,
            long published,
            long lost,
            long badLines,
            double seconds,
            double recordsPerSecond,
            @Nullable Long nextLine) {}

    /**
     * A user watches a replay: an outage of two minutes, Kafka's own default, is worth waiting out, an agent's ten are not.
     */
    private static final Duration OUTAGE = Duration.ofMinutes(2);

    private static final int BAD_LINES_SHOWN = 5;

    private final Terminal terminal;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Parameters(paramLabel = "FILE", description = "The log.")
    private Path file = Path.of("");

    @Mixin
    private KafkaConnection connection = new KafkaConnection();

    @Option(names = "--topic", paramLabel = "NAME", description = "Topic to publish to. Default: ${DEFAULT-VALUE}")
    private String topic = Topics.EXPERIENCES;

    @Option(
            names = "--policy",
            paramLabel = "ID",
            description = "The policy that learns from all of it, whatever the log says. Default: what the log says, or"
                    + " 'default'")
    private @Nullable String policyId;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Maximum records per second. Default: as fast as possible")
    private double recordsPerSecond = Double.POSITIVE_INFINITY;

    @Option(
            names = "--on-bad-line",
            paramLabel = "skip|stop",
            description = "What to do about a line that holds no experience: leave it out, or publish nothing. Default:"
                    + " ${DEFAULT-VALUE}")
    private OnBadLine onBadLine = OnBadLine.STOP;

    @Option(
            names = "--from-line",
            paramLabel = "N",
            description =
                    "Skips the lines before this one, as after an interrupted or failed replay, which names it. The"
                            + " first is 1.")
    private long fromLine = 1;

    @Option(names = "--json", description = "Prints the outcome as JSON, progress on standard error.")
    private boolean json;

    private long startNanos;
    private long badLines;
    /** The line after the last one sent or skipped. */
    private long nextLine;

    public ReplayCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (policyId != null && !PolicyKey.isPolicyId(policyId)) {
            throw usageError("--policy must have 1 to 64 characters of [A-Za-z0-9._-]: got '" + policyId + "'");
        }
        if (!(recordsPerSecond > 0)) {
            throw usageError("--rate must be greater than 0: got " + recordsPerSecond);
        }
        if (fromLine < 1) {
            throw usageError("--from-line must be at least 1: got " + fromLine);
        }
        connection.requireTopic(TopicOption.EXPERIENCES, topic);
        try (Interruption interruption = Interruption.ofThisThread();
                Live live = json ? terminal.liveBesideJson() : terminal.live()) {
            if (onBadLine == OnBadLine.STOP) {
                requireGoodLines(live);
                return replay(live, toldAlready -> {});
            }
            return replay(live, terminal::warn);
        }
    }

    /** So that a log is published whole or not at all. */
    private void requireGoodLines(Live live) throws InterruptedException {
        try (ExperienceLog log = ExperienceLog.open(file, terminal::warn)) {
            while (log.hasNext()) {
                requireUninterrupted();
                LogLine line = log.next();
                live.show(() -> panel(log, "reading"), () -> file.getFileName() + ": reading");
                if (line instanceof BadLine bad && bad.lineNumber() >= fromLine) {
                    throw new CommandFailure(bad.sentence()
                            + "; nothing was published: correct the line, or use --on-bad-line skip to leave out lines like"
                            + " it");
                }
            }
        }
    }

    private int replay(Live live, Consumer<String> warnings) {
        startNanos = System.nanoTime();
        nextLine = fromLine;
        try (ExperienceLog log = ExperienceLog.open(file, warnings);
                ExperiencePublisher publisher = openPublisher()) {
            return replay(log, publisher, live);
        }
    }

    private int replay(ExperienceLog log, ExperiencePublisher publisher, Live live) {
        boolean interrupted = false;
        RuntimeException failure = null;
        try {
            publish(log, publisher, live);
            publisher.flush();
        } catch (InterruptedException e) {
            interrupted = true;
        } catch (DeliveryFailedException | CommandFailure e) {
            failure = e;
        }
        try {
            publisher.close(Interruption.TIME_TO_CLOSE);
        } catch (DeliveryFailedException e) {
            failure = failure == null ? e : failure;
        }
        // A Ctrl-C meanwhile does not stop the closing.
        interrupted |= Thread.interrupted();
        live.erase();
        Outcome outcome = outcome(publisher, interrupted || failure != null);
        report(outcome);
        if (interrupted) {
            if (!json) {
                terminal.print("Interrupted before line " + nextLine
                        + (outcome.lost() == 0 ? ": continue with --from-line " + nextLine : ". " + wayOn(outcome)));
            }
            return ExitCodes.INTERRUPTED;
        }
        if (failure != null) {
            throw new CommandFailure(failure.getMessage() + ". " + wayOn(outcome), failure);
        }
        return ExitCodes.DONE;
    }

    private ParameterException usageError(String sentence) {
        return new ParameterException(command.commandLine(), sentence);
    }

    private ExperiencePublisher openPublisher() {
        Map<String, String> properties = new HashMap<>();
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, "streamq-replay");
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "" + OUTAGE.toMillis());
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "" + OUTAGE.toMillis());
        properties.putAll(connection.clientProperties());
        try {
            return new ExperiencePublisher(PublisherSettings.ofNoAgent(connection.bootstrapServers())
                    .withTopic(topic)
                    .withClientProperties(properties));
        } catch (KafkaException e) {
            throw connection.failure(e);
        }
    }

    private void publish(ExperienceLog log, ExperiencePublisher publisher, Live live) throws InterruptedException {
        Pace pace = new Pace(recordsPerSecond, startNanos);
        while (log.hasNext()) {
            requireUninterrupted();
            LogLine line = log.next();
            if (line.lineNumber() < fromLine) {
                continue;
            }
            if (line instanceof LoggedExperience logged) {
                pace.awaitTurn();
                publisher.publish(addressed(logged.experience()));
                live.show(() -> panel(log, numbers(log, publisher)), () -> plainLine(log, publisher));
            } else if (line instanceof BadLine bad) {
                note(bad, live);
            }
            nextLine = line.lineNumber() + 1;
        }
    }

    /** Needed because nothing blocks while Kafka keeps up. */
    private static void requireUninterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private Experience addressed(Experience experience) {
        return policyId == null
                ? experience
                : Experience.newBuilder(experience).setPolicyId(policyId).build();
    }

    private void note(BadLine bad, Live live) {
        badLines++;
        if (badLines <= BAD_LINES_SHOWN) {
            live.printAbove(terminal.styled(Style.WARNING, "skipped ") + bad.sentence());
        } else if (badLines == BAD_LINES_SHOWN + 1) {
            live.printAbove(
                    terminal.styled(Style.WARNING, "skipped ") + "further lines, which are counted but not shown");
        }
    }

    /** The outcome; the publisher must be closed, so that nothing is in flight. */
    private Outcome outcome(ExperiencePublisher publisher, boolean cutShort) {
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        long published = publisher.acknowledged();
        return new Outcome(
                file.toString(),
                topic,
                published,
                publisher.sent() - published,
                badLines,
                seconds,
                published / seconds,
                cutShort ? nextLine : null);
    }

    private void report(Outcome outcome) {
        if (json) {
            terminal.printJson(outcome);
        } else {
            terminal.print(summary(outcome));
        }
    }

    /**
     * How to continue a replay that did not reach the end. Partitions fail independently, so it is not known which lines were lost, and a
     * broker may have written what it did not confirm.
     */
    private String wayOn(Outcome outcome) {
        String sent = "Lines before " + nextLine + " were sent";
        String goOn = "--from-line " + nextLine;
        if (outcome.lost() == 0) {
            return sent + " and confirmed: continue with " + goOn;
        }
        return sent + ", but " + Quantities.count(outcome.lost())
                + " of them were not confirmed, and it is not known which: " + goOn
                + " continues without them; sending lines again counts those that arrived twice, unless the policy's"
                + " limits.duplicateWindow remembers them";
    }

    private String summary(Outcome outcome) {
        String bad = outcome.badLines() == 0 ? "" : ", " + Quantities.count(outcome.badLines(), "bad line");
        String lost = outcome.lost() == 0 ? "" : ", " + Quantities.count(outcome.lost()) + " not confirmed";
        return terminal.styled(outcome.nextLine() == null ? Style.GOOD : Style.WARNING, "Published ")
                + Quantities.count(outcome.published(), "record") + " of " + file.getFileName() + " to " + topic + bad
                + lost
                + " in "
                + Quantities.duration(Duration.ofNanos(System.nanoTime() - startNanos)) + " ("
                + Quantities.rate(outcome.recordsPerSecond()) + ")";
    }

    private List<String> panel(ExperienceLog log, String numbers) {
        int barWidth = Math.max(10, Math.min(40, terminal.columns() - 50));
        String bar = ProgressBar.of(log.progress(), barWidth);
        return List.of(terminal.styled(Style.ACCENT, bar) + " " + numbers);
    }

    private String plainLine(ExperienceLog log, ExperiencePublisher publisher) {
        return file.getFileName() + ": " + numbers(log, publisher);
    }

    private String numbers(ExperienceLog log, ExperiencePublisher publisher) {
        long sent = publisher.sent();
        double rate = sent / ((System.nanoTime() - startNanos) / 1e9);
        return Quantities.percent(log.progress()) + "  " + Quantities.count(sent, "record") + "  "
                + Quantities.rate(rate);
    }
}
