package io.streamq.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.streamq.agent.ActionSelector;
import io.streamq.agent.Policy;
import io.streamq.agent.StatePolicy;
import io.streamq.schemas.Experience;
import io.streamq.schemas.PolicyUpdate;
import io.streamq.schemas.UpdateReason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SimulatedAgentTest {
    private final World lake = FrozenLake.slippery4x4();
    private final List<Experience> published = new ArrayList<>();
    private final List<Episode> finished = new ArrayList<>();

    private SimulatedAgent.Builder in(World world, long steps) {
        return SimulatedAgent.in(world, published::add)
                .learning("lake")
                .reportingTo(finished::add)
                .spending(StepBudget.of(steps));
    }

    @Test
    void anEpisodeIsAnUnbrokenChainOfExperience() {
        in(lake, 2_000).agent("a", 1).run();

        assertThat(published).hasSize(2_000);
        Experience before = published.get(0);
        assertThat(before.getState()).isEqualTo("0");
        for (Experience experience : published.subList(1, published.size())) {
            boolean begins = before.getTerminated() || before.getTruncated();
            assertThat(experience.getStep()).isEqualTo(begins ? 0 : before.getStep() + 1);
            assertThat(experience.getState()).isEqualTo(begins ? "0" : before.getNextState());
            assertThat(experience.getEpisodeId().equals(before.getEpisodeId())).isNotEqualTo(begins);
            before = experience;
        }
    }

    @Test
    void anExperienceSaysWhoDidItAndOnWhatGrounds() {
        in(lake, 1).agent("a", 1).run();
        Experience experience = published.get(0);
        assertThat(experience.getPolicyId()).isEqualTo("lake");
        assertThat(experience.getAgentId()).isEqualTo("a");
        assertThat(experience.getEpisodeId()).isEqualTo("0");
        assertThat(experience.getBehaviorProbability()).isEqualTo(0.25);
        assertThat(experience.getPolicyVersion()).isNull();
        assertThat(experience.getEventTime()).isNotNull();
    }

    @Test
    void anExperienceNamesTheActionThatFollowsUnlessTheTaskEnded() {
        in(lake.withMaximumSteps(10), 2_000).agent("a", 1).run();
        for (int i = 0; i + 1 < published.size(); i++) {
            Experience experience = published.get(i);
            if (experience.getTerminated()) {
                assertThat(experience.getNextAction()).isNull();
            } else if (experience.getTruncated()) {
                assertThat(experience.getNextAction()).isBetween(0, 3);
            } else {
                assertThat(experience.getNextAction())
                        .isEqualTo(published.get(i + 1).getAction());
            }
        }
        assertThat(published).anyMatch(Experience::getTerminated).anyMatch(Experience::getTruncated);
    }

    @Test
    void anEpisodeOfMaximumLengthIsTruncatedAtItsFinalObservation() {
        in(RandomMdp.garnet(5, 2, 2, 1).withMaximumSteps(10), 25).agent("a", 1).run();
        assertThat(published.stream().filter(Experience::getTruncated))
                .hasSize(2)
                .allSatisfy(last -> assertThat(last.getStep()).isEqualTo(9));
        assertThat(finished).hasSize(2).allMatch(Episode::truncated);
        assertThat(finished).extracting(Episode::number).containsExactly(0L, 1L);
    }

    @Test
    void anEpisodeThatTerminatesOnItsLastStepIsNotTruncated() {
        in(GridWorld.of(1, 2).withMaximumSteps(1), 200).agent("a", 1).run();
        assertThat(published).noneMatch(last -> last.getTerminated() && last.getTruncated());
        assertThat(published).anyMatch(Experience::getTerminated).anyMatch(Experience::getTruncated);
    }

    @Test
    void theBudgetIsSharedAndSpentExactly() throws InterruptedException {
        List<Experience> together = Collections.synchronizedList(published);
        StepBudget budget = StepBudget.of(10_000);
        SimulatedAgent.Builder agents = SimulatedAgent.in(lake, together::add).spending(budget);
        SimulatedAgent first = agents.agent("a", 1);
        SimulatedAgent second = agents.agent("b", 2);
        Thread thread = new Thread(first);
        thread.start();
        second.run();
        thread.join();
        assertThat(together).hasSize(10_000);
        assertThat(first.steps() + second.steps()).isEqualTo(10_000);
        assertThat(budget.left()).isZero();
    }

    @Test
    void theSameSeedMeetsTheSameFate() {
        in(lake, 500).agent("a", 9).run();
        List<Episode> once = List.copyOf(finished);
        finished.clear();
        in(lake, 500).agent("a", 9).run();
        assertThat(finished).isEqualTo(once);
    }

    @Test
    void anAgentThatFollowsTheOptimumEarnsWhatIsExpectedOfIt() {
        int[] optimal = ValueIteration.solve(lake.mdp(), lake.discount()).policy();
        SimulatedAgent agent = SimulatedAgent.in(lake, experience -> {})
                .following(announced(lake, optimal), ActionSelector.epsilonGreedy(0.1))
                .reportingTo(finished::add)
                .spending(StepBudget.of(300_000))
                .agent("a", 5);
        agent.run();

        double mean =
                finished.stream().mapToDouble(Episode::totalReward).average().orElseThrow();
        double fiveDeviations = 5 * 0.5 / Math.sqrt(finished.size());
        assertThat(mean).isCloseTo(ExpectedReturn.of(lake, optimal, 0.1, 1), within(fiveDeviations));
        assertThat(agent.episodes()).isEqualTo(finished.size());
    }

    @Test
    void anAgentMayTellWhatAnotherBehaviourWouldDo() {
        int[] optimal = ValueIteration.solve(lake.mdp(), lake.discount()).policy();
        in(lake, 2_000)
                .following(announced(lake, optimal), ActionSelector.epsilonGreedy(1))
                .tellingNextActionsOf(ActionSelector.greedy())
                .agent("a", 3)
                .run();
        assertThat(published)
                .filteredOn(experience -> !experience.getTerminated())
                .allMatch(experience ->
                        experience.getNextAction() == optimal[Integer.parseInt(experience.getNextState())]);
        assertThat(published)
                .anyMatch(experience -> experience.getAction() != optimal[Integer.parseInt(experience.getState())]);
    }

    @Test
    void legalActionsAreKeptToAndTold() {
        in(MaximizationBias.world(), 500).agent("a", 4).run();
        assertThat(published)
                .filteredOn(experience -> experience.getState().equals("0"))
                .allMatch(experience -> experience.getAction() < 2)
                .allMatch(experience -> experience.getLegalActions().equals(List.of(0, 1)));
        assertThat(published)
                .filteredOn(experience -> experience.getState().equals("1"))
                .anyMatch(experience -> experience.getAction() == 9)
                .allMatch(experience -> experience.getLegalActions() == null);
    }

    @Test
    void aStoppedAgentTakesNoFurtherStep() {
        SimulatedAgent[] self = new SimulatedAgent[1];
        self[0] = SimulatedAgent.in(lake, experience -> self[0].stop()).agent("a", 1);
        self[0].run();
        assertThat(self[0].steps()).isEqualTo(1);
    }

    @Test
    void anInterruptEndsTheAgentAndStaysVisible() {
        SimulatedAgent agent = SimulatedAgent.in(lake, experience -> {
                    throw new InterruptedException();
                })
                .agent("a", 1);
        agent.run();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(agent.steps()).isZero();
    }

    @Test
    void whatTheSinkThrowsGoesThrough() {
        SimulatedAgent agent = SimulatedAgent.in(lake, experience -> {
                    throw new IllegalStateException("no room");
                })
                .agent("a", 1);
        assertThatThrownBy(agent::run).hasMessage("no room");
    }

    @Test
    void aRateHoldsTheAgentBack() {
        long begun = System.nanoTime();
        in(lake, 21).atStepsPerSecond(200).agent("a", 1).run();
        assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(95_000_000);
    }

    private static Policy announced(World world, int[] actions) {
        Map<String, StatePolicy> table = new HashMap<>();
        for (int state = 0; state < actions.length; state++) {
            table.put(
                    world.mdp().name(state),
                    StatePolicy.of(PolicyUpdate.newBuilder()
                            .setPolicyId("lake")
                            .setState(world.mdp().name(state))
                            .setAction(actions[state])
                            .setValue(0)
                            .setQValues(Collections.nCopies(world.mdp().actions(), 0.0))
                            .setVisits(Collections.nCopies(world.mdp().actions(), 0L))
                            .setUpdates(0)
                            .setVersion(1)
                            .setEpoch(1)
                            .setReason(UpdateReason.FIRST)
                            .setUpdatedAt(Instant.EPOCH)
                            .build()));
        }
        return table::get;
    }
}
