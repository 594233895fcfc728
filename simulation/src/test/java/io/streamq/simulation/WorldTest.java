package io.streamq.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class WorldTest {
    @Test
    void aGarnetIsTheSameForTheSameSeedOnly() {
        assertThat(outcomes(RandomMdp.garnet(20, 3, 4, 7))).isEqualTo(outcomes(RandomMdp.garnet(20, 3, 4, 7)));
        assertThat(outcomes(RandomMdp.garnet(20, 3, 4, 7))).isNotEqualTo(outcomes(RandomMdp.garnet(20, 3, 4, 8)));
    }

    private static String outcomes(World world) {
        StringBuilder all = new StringBuilder();
        for (int state = 0; state < world.mdp().states(); state++) {
            for (int action = 0; action < world.mdp().actions(); action++) {
                all.append(world.mdp().transitions(state, action)).append('\n');
            }
        }
        return all.toString();
    }

    @Test
    void everyStateOfAGarnetIsReachableAndBranchesAreDistinct() {
        for (long seed = 0; seed < 20; seed++) {
            Mdp mdp = RandomMdp.garnet(25, 2, 3, seed).mdp();
            assertThat(mdp.reachable().cardinality()).as("seed %d", seed).isEqualTo(25);
            for (int state = 0; state < 25; state++) {
                for (int action = 0; action < 2; action++) {
                    assertThat(mdp.transitions(state, action)).hasSize(3);
                    assertThat(mdp.transitions(state, action).stream().map(Transition::nextState))
                            .doesNotHaveDuplicates();
                    assertThat(mdp.transitions(state, action).stream()
                                    .mapToDouble(Transition::probability)
                                    .sum())
                            .isCloseTo(1, within(1e-12));
                }
            }
        }
    }

    @Test
    void aStepOnTheLakeSlipsToEitherSideButNeverBack() {
        Mdp lake = FrozenLake.slippery4x4().mdp();
        assertThat(lake.transitions(14, 2))
                .containsExactly(
                        new Transition(1 / 3.0, 14, 0, false),
                        new Transition(1 / 3.0, 15, 1, true),
                        new Transition(1 / 3.0, 10, 0, false));
    }

    @Test
    void theCliffCostsAHundredAndLeadsBackWithoutAnEnd() {
        Mdp cliff = CliffWalking.world().mdp();
        assertThat(cliff.transitions(36, 1)).containsExactly(new Transition(1, 36, -100, false));
        assertThat(cliff.transitions(35, 2)).containsExactly(new Transition(1, 47, -1, true));
    }

    @Test
    void theShortestWayThroughAGridCostsItsSteps() {
        World grid = GridWorld.of(3, 5);
        assertThat(ValueIteration.solve(grid.mdp(), 1).startValue()).isEqualTo(-6);
        assertThat(grid.grid().cells()).containsExactly("SFFFF", "FFFFF", "FFFFG");
    }

    @Test
    void arrowsPointWhereActionsLeadWhateverTheirOrder() {
        Grid lake = FrozenLake.slippery4x4().grid();
        Grid cliff = CliffWalking.world().grid();
        assertThat("" + lake.arrow(0) + lake.arrow(1) + lake.arrow(2) + lake.arrow(3))
                .isEqualTo("←↓→↑");
        assertThat("" + cliff.arrow(0) + cliff.arrow(1) + cliff.arrow(2) + cliff.arrow(3))
                .isEqualTo("↑→↓←");
        assertThat(cliff.neighbour(36, 0)).isEqualTo(24);
        assertThat(cliff.neighbour(36, 3)).isEqualTo(36);
        assertThat(cliff.cell(37)).isEqualTo('C');
    }

    @Test
    void everyNamedWorldCanBeSolvedAndLivedIn() {
        for (String name : World.names()) {
            World world = World.named(name);
            assertThat(world.name()).isEqualTo(name);
            Solution solution = ValueIteration.solve(world.mdp(), world.discount());
            assertThat(ExpectedReturn.of(world, solution.policy()))
                    .as(name)
                    .isGreaterThan(ExpectedReturn.of(world, solution.policy(), 1, 1));
        }
    }

    @Test
    void theGreatLakeHasItsKnownValue() {
        World lake = World.named("frozen-lake-8x8");
        assertThat(ValueIteration.solve(lake.mdp(), 0.99).startValue()).isCloseTo(0.4146, within(5e-5));
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> World.named("frozen-lake"))
                .withMessageContaining("frozen-lake-4x4")
                .withMessageContaining("got 'frozen-lake'");
    }
}
