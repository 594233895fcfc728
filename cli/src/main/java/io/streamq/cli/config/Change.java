package io.streamq.cli.config;

import io.streamq.cli.config.ControlTopics.Place;
import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Terminal;
import io.streamq.job.policy.InvalidPolicyException;
import io.streamq.job.policy.PolicyRulesReader;
import io.streamq.schemas.PolicyConfig;
import io.streamq.schemas.PolicyKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * What all commands that change a configuration share: validate, write, wait until every shard reports it in force, and then until no
 * crash can undo that.
 */
abstract class Change implements java.util.concurrent.Callable<Integer> {
    /** For the help of commands that forget a policy's states. */
    static final String WHAT_STAYS =
            "States that only an earlier job announced, whose snapshots are lost, stay on the policy topic:"
                    + " to get rid of them, switch to a new one (docs/operations.md, 'Announce all states anew').";

    private static final Duration POLL = Duration.ofMillis(100);

    final Terminal terminal;

    @Spec
    CommandSpec command = CommandSpec.create();

    @Mixin
    final ControlTopics topics = new ControlTopics();

    private String policyId = "";

    @Option(
            names = "--no-wait",
            description = "Ends when the change is written, without waiting until it is applied and in a checkpoint.")
    private boolean noWait;

    private int timeoutSeconds;

    @Option(names = "--json", description = "Prints what was done as a line of JSON.")
    private boolean json;

    Change(Terminal terminal) {
        this.terminal = terminal;
    }

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long the job may take until the change is applied and in a checkpoint. Default:"
                    + " ${DEFAULT-VALUE}")
    void setTimeout(int seconds) {
        if (seconds < 1) {
            throw new ParameterException(command.commandLine(), "--timeout must be at least 1: got " + seconds);
        }
        timeoutSeconds = seconds;
    }

    @Parameters(index = "0", paramLabel = "POLICY", description = "The policy's id.")
    void setPolicyId(String id) {
        if (!PolicyKey.isPolicyId(id)) {
            throw new ParameterException(
                    command.commandLine(), "POLICY must have " + PolicyKey.RULE + ": got '" + id + "'");
        }
        policyId = id;
    }

    String policyId() {
        return policyId;
    }

    /** What was done, for programs. */
    record Done(
            String policyId,
            long generation,
            boolean deleted,
            boolean applied,
            boolean durable,
            long shards,
            List<String> changes) {}

    /**
     * Writes a configuration if it is valid and not the same as before.
     *
     * @throws CommandFailure naming all that is wrong with it
     */
    int change(Map<String, Configured> configured, PolicyConfig after) throws InterruptedException {
        Configured found = configured.get(policyId);
        PolicyConfig before = found == null ? null : found.config();
        List<String> violations = violations(found, after);
        if (!violations.isEmpty()) {
            throw refused(violations);
        }
        if (found == null || before == null) {
            warnOfDefaults(found);
        } else {
            found.warnOfRefused(terminal, policyId);
        }
        PolicyRulesReader.warnings(after).forEach(terminal::warn);
        List<String> changes = changes(before, after);
        // A refused record is overwritten: compaction would keep only that one.
        if (found != null && found.violations().isEmpty() && changes.isEmpty()) {
            if (!json) {
                terminal.print("Nothing to change.");
            }
            try (StatusWatch watch = openWatch()) {
                return finish(watch, new Written(found.place(), after.getGeneration(), false, changes));
            }
        }
        try (StatusWatch watch = openWatch()) {
            Place place = topics.send(policyId, after);
            requireUndisturbed(found, place);
            return finish(watch, new Written(place, after.getGeneration(), false, changes));
        }
    }

    /** Before anything is written, so that an unreadable answer is reported in time; {@code null} with {@code --no-wait}. */
    private @Nullable StatusWatch openWatch() {
        if (noWait) {
            return null;
        }
        try {
            return topics.watchStatus();
        } catch (CommandFailure e) {
            throw new CommandFailure(
                    e.getMessage() + " (nothing was written; --no-wait writes a change and reads no answer)",
                    e.getCause());
        }
    }

    /**
     * Asks for the outcome of a written change; a failure says that it is written, so that the user does not make it
     * twice.
     */
    private <T> T ask(Place place, Supplier<T> question) {
        try {
            return question.get();
        } catch (CommandFailure e) {
            throw new CommandFailure(
                    e.getMessage() + ". The change of policy '" + policyId + "' is written (offset " + place.offset()
                            + " of the control topic) and need not be made again; whether it is in force is not known: see"
                            + " 'streamq config list -b " + topics.bootstrapServers() + "'",
                    e.getCause());
        }
    }

    /** This change is based on what was found before, and undoes anything written in between. */
    private void requireUndisturbed(@Nullable Configured found, Place place) {
        boolean comparable = found == null || found.place().partition() == place.partition();
        // Where nothing was found, everything is newer.
        long before = found == null ? -1 : found.place().offset();
        for (long offset : ask(place, () -> topics.offsets(policyId, place.partition()))) {
            if (comparable && offset > before && offset != place.offset()) {
                throw new CommandFailure("somebody else changed policy '" + policyId
                        + "' at the same time, so one change has undone the other (offsets " + offset + " and "
                        + place.offset() + " of the control topic): check it with 'streamq config get " + policyId
                        + " -b " + topics.bootstrapServers() + "', and change again what is wrong");
            }
        }
    }

    /** Writes a tombstone unless there is one: a second would forget what is learnt after the first. */
    int delete(Configured found) throws InterruptedException {
        try (StatusWatch watch = openWatch()) {
            Place place = found.isDeleted() ? found.place() : topics.send(policyId, null);
            return finish(watch, new Written(place, 0, true, List.of()));
        }
    }

    /** A change written to the control topic. */
    private record Written(Place place, long generation, boolean deleted, List<String> changes) {}

    private int finish(@Nullable StatusWatch watch, Written written) throws InterruptedException {
        if (!json) {
            written.changes.forEach(terminal::print);
        }
        if (watch == null) {
            report(done(written, false, 0), "Written.");
            return ExitCodes.DONE;
        }
        Place place = written.place;
        long start = System.nanoTime();
        long deadline = start + Duration.ofSeconds(timeoutSeconds).toNanos();
        Standing applied = awaitStanding(watch, written, deadline, each -> each.isAppliedEverywhere(place));
        if (!json) {
            terminal.print((written.deleted ? "Deleted" : "In force") + " on "
                    + Quantities.count(applied.shards(), "shard") + " after " + millisSince(start) + " ms.");
        }
        Standing durable = awaitStanding(watch, written, deadline, each -> each.isDurable(place));
        report(
                done(written, true, durable.shards()),
                "In a checkpoint after " + millisSince(start) + " ms: no crash undoes it.");
        return ExitCodes.DONE;
    }

    private Done done(Written written, boolean inForce, long shards) {
        return new Done(policyId, written.generation, written.deleted, inForce, inForce, shards, written.changes);
    }

    private static long millisSince(long startNanos) {
        return (System.nanoTime() - startNanos) / 1_000_000;
    }

    private Standing awaitStanding(StatusWatch watch, Written written, long deadline, Predicate<Standing> wanted)
            throws InterruptedException {
        Place place = written.place;
        while (true) {
            Standing standing = ask(place, watch::standings).getOrDefault(policyId, Standing.SILENT);
            if (!standing.violations(place).isEmpty()) {
                throw refused(standing.violations(place));
            }
            if (wanted.test(standing)) {
                return standing;
            }
            if (System.nanoTime() - deadline > 0) {
                throw late(standing, written);
            }
            Thread.sleep(POLL.toMillis());
        }
    }

    private CommandFailure late(Standing standing, Written written) {
        Place place = written.place;
        if (standing.isAppliedEverywhere(place)) {
            return new CommandFailure("the change is in force and need not be made again, but no checkpoint held it"
                    + " within " + timeoutSeconds + " s: after a crash, what agents send now may be learnt by the"
                    + " earlier rules. Checkpoints come every streamq.job.checkpoint-interval, and with exactly-once"
                    + " each becomes known only at the next; 'streamq config list -b " + topics.bootstrapServers()
                    + "' "
                    + (written.deleted
                            ? "lists the policy until the deletion is in one"
                            : "says 'in force' once it is in one"));
        }
        return new CommandFailure("the change is written, but within " + timeoutSeconds + " s only "
                + standing.applied(place) + " of " + (standing.shards() == 0 ? "the job's" : standing.shards())
                + " shards reported it in force; is the job running? It applies the change once it runs:"
                + " see 'streamq config list -b " + topics.bootstrapServers() + "'");
    }

    /** A user who sets one field of a policy that learns by the job's options might not think of the others. */
    private void warnOfDefaults(@Nullable Configured found) {
        terminal.warn((found == null || found.isDeleted()
                        ? "policy '" + policyId + "' has not been configured "
                                + (found == null ? "before" : "since it was deleted")
                        : "the control topic holds no valid configuration of policy '" + policyId
                                + "', only the one at " + found.refusal()
                                + ". One that the job still has in force is replaced as a whole")
                + ": from now on all its rules come from its configuration, none from the job's options"
                + " (streamq.policy.* and others); fields that are not given have the defaults that 'streamq config"
                + " fields' lists");
    }

    /** Why the job would refuse it; empty if it is valid. */
    static List<String> violations(@Nullable Configured found, PolicyConfig after) {
        try {
            PolicyRulesReader.read(after).requireCanFollow(found == null ? null : found.rules());
            return List.of();
        } catch (InvalidPolicyException e) {
            return e.violations();
        }
    }

    private CommandFailure refused(List<String> violations) {
        return new CommandFailure(
                "policy '" + policyId + "' cannot be configured like this; the last valid configuration is kept:"
                        + System.lineSeparator() + "  " + String.join(System.lineSeparator() + "  ", violations));
    }

    private static List<String> changes(@Nullable PolicyConfig before, PolicyConfig after) {
        Map<String, @Nullable Object> old = ConfigFields.values(before == null ? ConfigFields.defaults() : before);
        List<String> changes = new ArrayList<>();
        ConfigFields.values(after).forEach((path, value) -> {
            if (!Objects.equals(old.get(path), value)) {
                changes.add(path + ": " + (path.equals("actions") && before == null ? "" : old.get(path) + " \u2192 ")
                        + value);
            }
        });
        return changes;
    }

    private void report(Done done, String sentence) {
        if (json) {
            terminal.printJson(done);
        } else {
            terminal.print(sentence);
        }
    }
}
