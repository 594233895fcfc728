package io.streamq.cli.demo;

import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.replay.ExperienceLog;
import io.streamq.cli.replay.LogLine;
import io.streamq.cli.replay.LoggedExperience;
import io.streamq.schemas.Experience;
import io.streamq.simulation.Mdp;
import io.streamq.simulation.World;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a first reading of a log tells.
 *
 * @param experiences lines that hold one
 * @param badLines lines that do not
 * @param actions one more than the greatest action
 * @param world the known world in which all of it could have happened; {@code null} if there is none, or several
 */
record LogSurvey(
        long experiences,
        long badLines,
        int actions,
        @Nullable World world) {
    private static final double SAME_REWARD = 1e-9;

    /**
     * Reads a log.
     *
     * @throws CommandFailure if it cannot be read or holds no experience
     */
    static LogSurvey of(Path file, Consumer<String> warnings) {
        long experiences = 0;
        long badLines = 0;
        int actions = 0;
        List<World> candidates = new ArrayList<>();
        World.names().forEach(name -> candidates.add(World.named(name)));
        try (ExperienceLog log = ExperienceLog.open(file, warnings)) {
            while (log.hasNext()) {
                LogLine line = log.next();
                if (line instanceof LoggedExperience logged) {
                    Experience experience = logged.experience();
                    experiences++;
                    actions = Math.max(actions, experience.getAction() + 1);
                    exclude(candidates, experience);
                } else {
                    badLines++;
                }
            }
        }
        if (experiences == 0) {
            throw new CommandFailure("'" + file + "' holds no experience in " + badLines + " lines");
        }
        return new LogSurvey(experiences, badLines, actions, candidates.size() == 1 ? candidates.get(0) : null);
    }

    private static void exclude(List<World> candidates, Experience experience) {
        for (Iterator<World> each = candidates.iterator(); each.hasNext(); ) {
            if (!couldHappenIn(each.next().mdp(), experience)) {
                each.remove();
            }
        }
    }

    private static boolean couldHappenIn(Mdp mdp, Experience experience) {
        int state = index(mdp, experience.getState());
        int action = experience.getAction();
        String next = experience.getNextState();
        if (state < 0 || action < 0 || action >= mdp.actions()) {
            return false;
        }
        return mdp.transitions(state, action).stream()
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
