package io.streamq.simulation;

import io.streamq.agent.ExperienceSink;
import io.streamq.agent.Policy;
import io.streamq.agent.StatePolicy;
import io.streamq.learning.LearningRate;
import io.streamq.learning.QRow;
import io.streamq.learning.TemporalDifference;
import io.streamq.schemas.Experience;
import io.streamq.schemas.PolicyUpdate;
import io.streamq.schemas.UpdateReason;
import java.time.Instant;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Q-learning in one thread, which learns and announces at once what the job would; initial value 0. */
final class SequentialLearner implements ExperienceSink, Policy {
    private final Mdp mdp;
    private final Solution optimum;
    private final LearningRate rate;
    private final Map<String, QRow> rows = new HashMap<>();
    private final Map<String, StatePolicy> announced = new HashMap<>();

    SequentialLearner(World world, LearningRate rate) {
        this.mdp = world.mdp();
        this.optimum = ValueIteration.solve(mdp, world.discount());
        this.rate = rate;
    }

    @Override
    public void publish(Experience experience) {
        QRow row = row(experience.getState());
        TemporalDifference.update(row, 0, experience.getAction(), target(experience), rate);
        int before = row.greedyAction();
        row.chooseGreedy(0);
        if (row.greedyAction() != before) {
            row.announced(1);
            announced.put(experience.getState(), announcement(experience.getState(), row));
        }
    }

    @Override
    public @Nullable StatePolicy lookup(String state) {
        return announced.get(state);
    }

    /** Whether whoever follows the announced policy from the start only takes optimal actions. */
    boolean isOptimal() {
        BitSet visited = mdp.reachable((state, action) -> greedy(state) == action);
        return visited.stream().allMatch(state -> optimum.isOptimal(state, greedy(state), Solution.TIE));
    }

    private int greedy(int state) {
        StatePolicy known = announced.get(mdp.name(state));
        return known == null ? 0 : known.action();
    }

    private double target(Experience experience) {
        if (experience.getTerminated()) {
            return TemporalDifference.terminalTarget(experience.getReward());
        }
        QRow next = row(experience.getNextState());
        return TemporalDifference.target(
                experience.getReward(), experience.getDiscount(), next.value(0, next.bestLegalAction()));
    }

    private QRow row(String state) {
        return rows.computeIfAbsent(state, name -> QRow.untouched(1, mdp.actions(), 0));
    }

    private StatePolicy announcement(String state, QRow row) {
        return StatePolicy.of(PolicyUpdate.newBuilder()
                .setPolicyId("default")
                .setState(state)
                .setAction(row.greedyAction())
                .setValue(row.announcedValue())
                .setQValues(Collections.nCopies(mdp.actions(), 0.0))
                .setVisits(Collections.nCopies(mdp.actions(), 0L))
                .setUpdates(row.updates())
                .setVersion(row.version())
                .setEpoch(row.epoch())
                .setReason(UpdateReason.GREEDY_ACTION_CHANGED)
                .setUpdatedAt(Instant.EPOCH)
                .build());
    }
}
