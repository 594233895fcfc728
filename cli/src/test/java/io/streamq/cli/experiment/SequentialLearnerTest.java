package io.streamq.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.learning.LearningRate;
import io.streamq.learning.QLearning;
import io.streamq.simulation.GridWorld;
import io.streamq.simulation.Mdp;
import org.junit.jupiter.api.Test;

class SequentialLearnerTest {
    private final Mdp mdp = GridWorld.of(1, 3).mdp();

    private SequentialLearner late(int delay) {
        return new SequentialLearner(mdp, new QLearning(), new LearningRate.Constant(1), 0.5, delay);
    }

    @Test
    void withoutDelayAValueIsUsedAsItStands() {
        SequentialLearner learner = late(0);
        for (int action = 0; action < 4; action++) {
            assertThat(learner.learn(1, action, 8, 2, true, 0)).isEqualTo(1);
        }
        learner.learn(0, 2, 1, 1, false, 0);
        assertThat(learner.row(0).value(0, 2)).isEqualTo(1 + 0.5 * 8);
    }

    /** Read when nothing was known, used when three rows' worth of updates have come in between. */
    @Test
    void aDelayedValueIsTheOneOfSoManyUpdatesBefore() {
        SequentialLearner learner = late(3);
        assertThat(learner.learn(1, 2, 8, 2, true, 0)).isEqualTo(SequentialLearner.NONE);
        assertThat(learner.learn(0, 2, 1, 1, false, 0)).isEqualTo(SequentialLearner.NONE);
        learner.learn(1, 2, 8, 2, true, 0);
        assertThat(learner.learn(1, 2, 8, 2, true, 0)).isEqualTo(1);
        assertThat(learner.learn(1, 2, 8, 2, true, 0)).isEqualTo(0);
        assertThat(learner.row(0).value(0, 2)).isEqualTo(1);
        assertThat(learner.row(1).value(0, 2)).isEqualTo(8);
    }
}
