package io.streamq.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class ValueIterationTest {
    private static final int LEFT = 0;
    private static final int DOWN = 1;
    private static final int RIGHT = 2;
    private static final int UP = 3;

    private final Mdp lake = FrozenLake.slippery4x4().mdp();
    private final Mdp cliff = CliffWalking.world().mdp();

    @Test
    void frozenLakeHasTheOptimumRecordedFromGymnasium() throws IOException {
        assertMatchesGymnasium(lake, "frozen-lake-4x4.optimum.json", 2);
    }

    @Test
    void cliffWalkingHasTheOptimumRecordedFromGymnasium() throws IOException {
        assertMatchesGymnasium(cliff, "cliff-walking.optimum.json", 1);
    }

    private static void assertMatchesGymnasium(Mdp mdp, String resource, int solutions) throws IOException {
        try (InputStream file = ValueIterationTest.class.getResourceAsStream(resource)) {
            JsonNode recorded = new ObjectMapper().readTree(file);
            assertThat(recorded.get("states").asInt()).isEqualTo(mdp.states());
            assertThat(recorded.get("solutions")).hasSize(solutions);
            for (JsonNode optimum : recorded.get("solutions")) {
                Solution solution =
                        ValueIteration.solve(mdp, optimum.get("discount").asDouble());
                assertThat(solution.startValue())
                        .isCloseTo(optimum.get("valueFromStart").asDouble(), within(1e-9));
                for (int state = 0; state < mdp.states(); state++) {
                    JsonNode row = optimum.get("q").get(mdp.name(state));
                    for (int action = 0; action < mdp.actions(); action++) {
                        assertThat(solution.q(state, action))
                                .as("state %d, action %d", state, action)
                                .isCloseTo(row.get(action).asDouble(), within(1e-9));
                    }
                }
            }
        }
    }

    @Test
    void frozenLakeStartsAtTheKnownValues() {
        assertThat(ValueIteration.solve(lake, 0.95).startValue()).isCloseTo(0.1804716, within(5e-8));
        assertThat(ValueIteration.solve(lake, 0.99).startValue()).isCloseTo(0.5420259, within(5e-8));
        assertThat(ValueIteration.solve(lake, 1).startValue()).isCloseTo(14.0 / 17, within(1e-9));
    }

    @Test
    void cliffWalkingStartsAtTheKnownValues() {
        assertThat(ValueIteration.solve(cliff, 1).startValue()).isEqualTo(-13);
        assertThat(ValueIteration.solve(cliff, 0.99).startValue()).isCloseTo(-12.2478977, within(5e-8));
        assertThat(ValueIteration.solve(cliff, 0.95).startValue()).isCloseTo(-9.7331583, within(5e-8));
    }

    @Test
    void frozenLakeHasTheKnownOptimalActionsWithATieAtSix() {
        Solution solution = ValueIteration.solve(lake, 0.99);
        int[][] expected = {
            {LEFT}, {UP}, {UP}, {UP},
            {LEFT}, {}, {LEFT, RIGHT}, {},
            {UP}, {DOWN}, {LEFT}, {},
            {}, {RIGHT}, {DOWN}, {}
        };
        for (int state = 0; state < expected.length; state++) {
            if (!lake.isTerminal(state)) {
                assertThat(solution.optimalActions(state, Solution.TIE))
                        .as("state %d", state)
                        .isEqualTo(bits(expected[state]));
            }
        }
        assertThat(solution.policy()[6]).isEqualTo(LEFT);
    }

    @Test
    void anOptimalCliffWalkerKeepsToTheEdge() {
        Solution solution = ValueIteration.solve(cliff, 0.99);
        assertThat(solution.reachableUnderOptimal())
                .isEqualTo(bits(36, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35));
    }

    @Test
    void bothOfTiedActionsCountForReachability() {
        BitSet all = new BitSet();
        all.set(0, 8);
        assertThat(ValueIteration.solve(GridWorld.of(3, 3).mdp(), 0.9).reachableUnderOptimal())
                .isEqualTo(all);
    }

    @Test
    void valuesOfManyGarnetsSatisfyTheBellmanEquation() {
        for (long seed = 0; seed < 20; seed++) {
            World garnet = RandomMdp.garnet(30, 3, 4, seed);
            Solution solution = ValueIteration.solve(garnet.mdp(), garnet.discount());
            for (int state = 0; state < 30; state++) {
                double best = Double.NEGATIVE_INFINITY;
                for (int action = 0; action < 3; action++) {
                    double target = garnet.mdp().transitions(state, action).stream()
                            .mapToDouble(to ->
                                    to.probability() * (to.reward() + garnet.discount() * solution.v(to.nextState())))
                            .sum();
                    assertThat(solution.q(state, action)).as("seed %d", seed).isCloseTo(target, within(1e-10));
                    best = Math.max(best, target);
                }
                assertThat(solution.v(state)).isCloseTo(best, within(1e-10));
            }
        }
    }

    @Test
    void aTaskWithoutEndHasNoUndiscountedValue() {
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> ValueIteration.solve(RandomMdp.garnet(2, 1, 1, 3).mdp(), 1))
                .withMessageContaining("choose a smaller discount");
    }

    private static BitSet bits(int... members) {
        BitSet bits = new BitSet();
        for (int member : members) {
            bits.set(member);
        }
        return bits;
    }
}
