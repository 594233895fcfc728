package io.streamq.cli.demo;

import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.replay.BadLine;
import io.streamq.cli.replay.ExperienceLog;
import io.streamq.cli.replay.LogLine;
import io.streamq.cli.replay.LoggedExperience;
import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Terminal;
import io.streamq.schemas.Experience;
import io.streamq.simulation.Mdp;
import io.streamq.simulation.World;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The result of a first pass over a log.
 *
 * @param experiences lines that hold one
 * @param badLines lines that do not
 * @param actions one more than the greatest action, taken or legal
 * @param worlds the worlds, among the one given or else all known, in which all of it could have happened
 */
record LogSurvey(Path file, long experiences, long badLines, int actions, List<World> worlds) {
    private static final double SAME_REWARD = 1e-9;

    /**
     * Reads a log.
     *
     * @param given the world in which it was recorded; {@code null} to try all known worlds
     * @param warnings is told how many lines hold no experience, and which columns are ignored
     * @throws CommandFailure if it cannot be read, holds no experience, or could not have happened in the world given
     */
    static LogSurvey of(Path file, @Nullable World given, Consumer<String> warnings) {
        long experiences = 0;
        long badLines = 0;
        BadLine firstBadLine = null;
        int actions = 0;
        List<World> candidates = given == null ? knownWorlds() : List.of(given);
        try (ExperienceLog log = ExperienceLog.open(file, warnings)) {
            while (log.hasNext()) {
                LogLine line = log.next();
                if (line instanceof LoggedExperience logged) {
                    Experience experience = logged.experience();
                    experiences++;
                    actions = Math.max(actions, greatestAction(experience) + 1);
                    if (given == null) {
                        candidates.removeIf(world -> !couldHappenIn(world.mdp(), experience));
                    } else if (!couldHappenIn(given.mdp(), experience)) {
                        throw misfit(file, logged, given);
                    }
                } else if (line instanceof BadLine bad) {
                    badLines++;
                    firstBadLine = firstBadLine == null ? bad : firstBadLine;
                }
            }
        }
        String first = firstBadLine == null ? "" : "; the first is " + firstBadLine.sentence();
        if (experiences == 0) {
            throw new CommandFailure(
                    "'" + file + "' holds no experience in " + Quantities.count(badLines, "line") + first);
        }
        if (badLines > 0) {
            warnings.accept("left out " + Quantities.count(badLines, "line") + " of " + file.getFileName()
                    + " without an experience" + first);
        }
        return new LogSurvey(file, experiences, badLines, actions, List.copyOf(candidates));
    }

    /** The world in which it was recorded; {@code null} if none fits, or several do. */
    @Nullable
    World world() {
        return worlds.size() == 1 ? worlds.get(0) : null;
    }

    /** Why there is no world. */
    String reasonForNoWorld() {
        return worlds.isEmpty()
                ? "No known world fits the log, so there is no optimum to compare it with."
                : "Several worlds fit the log ("
                        + worlds.stream().map(World::name).collect(Collectors.joining(", "))
                        + "): name the right one with --world to compare it with the optimum.";
    }

    private static List<World> knownWorlds() {
        List<World> known = new ArrayList<>();
        World.names().forEach(name -> known.add(World.named(name)));
        return known;
    }

    private static CommandFailure misfit(Path file, LoggedExperience logged, World given) {
        Experience experience = logged.experience();
        String next = experience.getNextState();
        return new CommandFailure(Terminal.printable("line " + logged.lineNumber() + " of '" + file
                + "' could not have happened in "
                + given.name() + ", which has " + Quantities.count(given.mdp().states(), "state") + " and "
                + Quantities.count(given.mdp().actions(), "action") + ": action " + experience.getAction()
                + " in state '" + experience.getState()
                + "' gave reward " + experience.getReward()
                + (next == null ? "" : " and next_state '" + next + "'")
                + (experience.getTerminated() ? " and terminated" : "")
                + "; name another --world, or none to try those that are known"));
    }

    private static int greatestAction(Experience experience) {
        int greatest = experience.getAction();
        if (experience.getNextAction() != null) {
            greatest = Math.max(greatest, experience.getNextAction());
        }
        if (experience.getLegalActions() != null) {
            for (int legal : experience.getLegalActions()) {
                greatest = Math.max(greatest, legal);
            }
        }
        return greatest;
    }

    private static boolean couldHappenIn(Mdp mdp, Experience experience) {
        int state = index(mdp, experience.getState());
        String next = experience.getNextState();
        if (state < 0 || greatestAction(experience) >= mdp.actions()) {
            return false;
        }
        return mdp.transitions(state, experience.getAction()).stream()
                .anyMatch(outcome -> outcome.probability() > 0
                        && Math.abs(outcome.reward() - experience.getReward()) < SAME_REWARD
                        && outcome.terminated() == experience.getTerminated()
                        && (next == null || mdp.name(outcome.nextState()).equals(next)));
    }

    private static int index(Mdp mdp, String name) {
        try {
            int state = Integer.parseInt(name);
            return state >= 0 && state < mdp.states() ? state : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
