package io.streamq.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class MdpTest {
    @Test
    void sampledFrequenciesAreTheProbabilitiesOfTheModel() {
        Mdp mdp = RandomMdp.garnet(20, 2, 5, 11).mdp();
        SplittableRandom random = new SplittableRandom(12);
        int draws = 100_000;
        for (int state = 0; state < mdp.states(); state++) {
            Map<Transition, Integer> counts = new HashMap<>();
            for (int i = 0; i < draws; i++) {
                counts.merge(mdp.step(state, 1, random), 1, Integer::sum);
            }
            for (Transition outcome : mdp.transitions(state, 1)) {
                double p = outcome.probability();
                double fiveDeviations = 5 * Math.sqrt(p * (1 - p) / draws);
                assertThat(counts.getOrDefault(outcome, 0) / (double) draws)
                        .as("state %d to %s", state, outcome)
                        .isCloseTo(p, within(fiveDeviations));
            }
        }
    }

    @Test
    void probabilitiesThatDoNotSumToOneAreRefused() {
        Mdp.Builder half = Mdp.builder(2, 1).transition(0, 0, 1, 1, 0, true).transition(1, 0, 0.5, 0, 0, false);
        assertThatIllegalArgumentException()
                .isThrownBy(half::build)
                .withMessageContaining("state 1, action 0")
                .withMessageContaining("got 0.5");
    }

    @Test
    void anActionThatLeadsNowhereIsNotLegal() {
        Mdp mdp = Mdp.builder(2, 2)
                .transition(0, 1, 1, 1, 0, false)
                .transition(1, 0, 1, 0, 0, true)
                .transition(1, 1, 1, 0, 0, true)
                .build();
        assertThat(mdp.isLegal(0, 0)).isFalse();
        assertThat(mdp.legalActions(0)).containsExactly(0b10L);
        assertThat(mdp.legalActions(1)).isNull();
    }

    @Test
    void aStateWithoutALegalActionIsRefused() {
        Mdp.Builder mdp = Mdp.builder(2, 1).transition(0, 0, 1, 1, 0, true);
        assertThatIllegalArgumentException().isThrownBy(mdp::build).withMessageContaining("state 1");
    }

    @Test
    void aStateOrActionOutsideTheModelIsRefused() {
        Mdp.Builder mdp = Mdp.builder(2, 1);
        assertThatIllegalArgumentException().isThrownBy(() -> mdp.transition(0, 0, 1, 2, 0, false));
        assertThatIllegalArgumentException().isThrownBy(() -> mdp.transition(0, 1, 1, 0, 0, false));
        assertThatIllegalArgumentException().isThrownBy(() -> mdp.start(-1));
    }

    @Test
    void terminalStatesAreNotAmongThoseAnAgentActsIn() {
        Mdp lake = FrozenLake.slippery4x4().mdp();
        assertThat(lake.reachable().stream()).containsExactly(0, 1, 2, 3, 4, 6, 8, 9, 10, 13, 14);
        assertThat(lake.isTerminal(5)).isTrue();
        assertThat(lake.isTerminal(15)).isTrue();
        assertThat(lake.isTerminal(14)).isFalse();
    }

    @Test
    void theCliffIsNeverStoodOn() {
        Mdp cliff = CliffWalking.world().mdp();
        assertThat(cliff.reachable().cardinality()).isEqualTo(37);
        assertThat(cliff.reachable().nextSetBit(37)).isEqualTo(-1);
    }
}
