package io.streamq.cli.demo;

import io.streamq.agent.PolicyView;
import io.streamq.agent.StatePolicy;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.NaturalOrder;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Style;
import io.streamq.cli.terminal.Terminal;
import io.streamq.simulation.Solution;
import io.streamq.simulation.World;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a demo ended, what was learnt, and how it compares with the optimum, if known. */
final class DemoReport {
    private final @Nullable LogSurvey log;
    private final @Nullable Optimum optimum;
    private final DemoRun.Outcome outcome;
    private final long deadLetters;
    private final PolicyView policy;

    /**
     * What there is to compare with.
     *
     * @param tie by how much an action may be worse than the best and still count as optimal
     */
    record Optimum(World world, Solution solution, double tie) {}

    /**
     * The outcome for programs; without a known world there is no optimum, without a log there are no bad lines.
     *
     * @param badLines skipped lines of the log, which hold no experience
     * @param experiences that were learnt from
     * @param deadLetters experiences that the job refused
     */
    record Outcome(
            @Nullable String world,
            @Nullable String log,
            @Nullable Long badLines,
            long experiences,
            long deadLetters,
            double seconds,
            @Nullable Boolean optimal,
            @Nullable Integer statesThatMatter,
            @Nullable Integer optimalStatesThatMatter,
            @Nullable Double tie,
            List<LearntState> policy) {}

    /** A state of the learnt policy, and whether its action is optimal. */
    record LearntState(
            String state,
            int action,
            double value,
            @Nullable Boolean optimal,
            @Nullable Double exactValue) {}

    /**
     * A report.
     *
     * @param log {@code null} with agents
     * @param deadLetters experiences that the job refused
     */
    DemoReport(
            @Nullable LogSurvey log,
            @Nullable Optimum optimum,
            DemoRun.Outcome outcome,
            long deadLetters,
            PolicyView policy) {
        this.log = log;
        this.optimum = optimum;
        this.outcome = outcome;
        this.deadLetters = deadLetters;
        this.policy = policy;
    }

    int exitCode() {
        return outcome.score() == null || outcome.score().isSolved() ? ExitCodes.DONE : ExitCodes.FAILED;
    }

    void printJson(Terminal terminal) {
        Scoreboard.Score score = outcome.score();
        terminal.printJson(new Outcome(
                optimum == null ? null : optimum.world.name(),
                log == null ? null : log.file().toString(),
                log == null ? null : log.badLines(),
                outcome.experiences(),
                deadLetters,
                outcome.duration().toNanos() / 1e9,
                score == null ? null : score.isSolved(),
                score == null ? null : score.mattering(),
                score == null ? null : score.matteringOptimal(),
                optimum == null ? null : optimum.tie,
                learntStates()));
    }

    private List<LearntState> learntStates() {
        List<LearntState> states = new ArrayList<>();
        if (optimum == null) {
            policy.snapshot().values().stream()
                    .sorted(Comparator.comparing(StatePolicy::state, NaturalOrder.INSTANCE))
                    .forEach(learnt ->
                            states.add(new LearntState(learnt.state(), learnt.action(), learnt.value(), null, null)));
            return states;
        }
        Solution solution = optimum.solution;
        for (int state = 0; state < solution.mdp().states(); state++) {
            StatePolicy learnt = policy.lookup(solution.mdp().name(state));
            if (learnt != null) {
                states.add(new LearntState(
                        learnt.state(),
                        learnt.action(),
                        learnt.value(),
                        solution.isOptimal(state, learnt.action(), optimum.tie),
                        solution.v(state)));
            }
        }
        return states;
    }

    void print(Terminal terminal) {
        terminal.print("");
        if (optimum != null) {
            new PolicyMap(optimum.world, optimum.solution, optimum.tie, policy, terminal)
                    .lines()
                    .forEach(terminal::print);
            terminal.print("");
        }
        terminal.print(sentence(terminal));
    }

    private String sentence(Terminal terminal) {
        String after = " after " + Quantities.count(outcome.experiences(), "experience") + missing() + " in "
                + Quantities.duration(outcome.duration());
        Scoreboard.Score score = outcome.score();
        if (score == null) {
            return terminal.styled(Style.GOOD, "Learnt") + " a policy of " + Quantities.count(policy.size(), "state")
                    + after + "." + (log == null ? "" : " " + log.reasonForNoWorld());
        }
        if (score.isSolved()) {
            return terminal.styled(Style.GOOD, "Optimal") + after + ": the greedy policy is optimal in all "
                    + score.mattering() + " states that matter, and in " + score.visitedOptimal() + " of "
                    + score.visited() + " visited." + remarkOnTies();
        }
        return terminal.styled(Style.BAD, "Not optimal") + after + ": the greedy policy is optimal in "
                + score.matteringOptimal() + " of " + score.mattering() + " states that matter. "
                + (log == null || outcome.experiences() + deadLetters < log.experiences()
                        ? "Try more --experiences."
                        : "The log may be too short for this world"
                                + (missing().isEmpty() ? "." : " without what is missing."));
    }

    /** Input that was not learnt from; usually empty. */
    private String missing() {
        List<String> parts = new ArrayList<>();
        if (log != null && log.badLines() > 0) {
            parts.add(Quantities.count(log.badLines(), "bad line"));
        }
        if (deadLetters > 0) {
            parts.add(Quantities.count(deadLetters, "dead letter"));
        }
        return parts.isEmpty() ? "" : " (without " + String.join(" and ", parts) + ")";
    }

    private String remarkOnTies() {
        return optimum == null || optimum.tie == Solution.TIE
                ? ""
                : " Actions within " + Quantities.value(optimum.tie) + " of the best count as optimal here.";
    }
}
