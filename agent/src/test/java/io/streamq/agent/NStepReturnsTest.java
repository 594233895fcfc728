package io.streamq.agent;

import static io.streamq.agent.PolicyUpdates.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.streamq.schemas.Experience;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** An episode passes the states 0, 1, 2, ...; its rewards are 1, 10, 100, ... unless a test says otherwise. */
class NStepReturnsTest {
    private static final double EXACT = 1e-12;

    private final List<Experience> sent = new ArrayList<>();

    private static Experience.Builder step(long number) {
        return Experience.newBuilder()
                .setPolicyId("lake")
                .setAgentId("a")
                .setEpisodeId("7")
                .setStep(number)
                .setState(Long.toString(number))
                .setAction(0)
                .setReward(Math.pow(10, (double) number))
                .setNextState(Long.toString(number + 1))
                .setTerminated(false);
    }

    private static Experience terminal(long number) {
        return step(number).setTerminated(true).setNextState(null).build();
    }

    private static Experience truncated(long number) {
        return step(number).setTruncated(true).build();
    }

    private static void publish(ExperienceSink sink, long... numbers) throws InterruptedException {
        for (long number : numbers) {
            sink.publish(step(number).build());
        }
    }

    private void assertSent(int index, String state, double reward, double discount, String nextState) {
        Experience experience = sent.get(index);
        assertThat(experience.getState()).isEqualTo(state);
        assertThat(experience.getReward()).isCloseTo(reward, within(EXACT * Math.abs(reward)));
        assertThat(experience.getDiscount()).isCloseTo(discount, within(EXACT));
        assertThat(experience.getNextState()).isEqualTo(nextState);
    }

    @Test
    void aReturnSpansNSteps() throws InterruptedException {
        publish(new NStepReturns(3, 0.5, sent::add), 0, 1, 2, 3);
        assertThat(sent).hasSize(2);
        assertSent(0, "0", 1 + 0.5 * 10 + 0.25 * 100, 0.125, "3");
        assertSent(1, "1", 10 + 0.5 * 100 + 0.25 * 1000, 0.125, "4");
        assertThat(sent).noneMatch(experience -> experience.getTerminated() || experience.getTruncated());
    }

    @Test
    void oneStepIsTheExperienceAsItWas() throws InterruptedException {
        NStepReturns oneStep = new NStepReturns(1, 0.5, sent::add);
        publish(oneStep, 0, 1);
        oneStep.publish(terminal(2));
        assertThat(sent)
                .containsExactly(
                        step(0).setDiscount(0.5).build(),
                        step(1).setDiscount(0.5).build(),
                        Experience.newBuilder(terminal(2)).setDiscount(0.5).build());
    }

    @Test
    void aReturnIsSentWithTheLastStepItSpans() throws InterruptedException {
        NStepReturns returns = new NStepReturns(3, 0.5, sent::add);
        publish(returns, 0, 1);
        assertThat(sent).isEmpty();
        publish(returns, 2);
        assertThat(sent).hasSize(1);
    }

    @Test
    void terminationCompletesEveryReturn() throws InterruptedException {
        NStepReturns returns = new NStepReturns(3, 0.5, sent::add);
        publish(returns, 0, 1);
        returns.publish(terminal(2));
        assertThat(sent).hasSize(3).allMatch(Experience::getTerminated);
        assertSent(0, "0", 1 + 5 + 25, 0.125, null);
        assertSent(1, "1", 10 + 50, 0.25, null);
        assertSent(2, "2", 100, 0.5, null);
    }

    @Test
    void truncationBootstrapsShorterReturnsFromTheFinalObservation() throws InterruptedException {
        NStepReturns returns = new NStepReturns(4, 0.5, sent::add);
        publish(returns, 0);
        returns.publish(truncated(1));
        assertThat(sent).hasSize(2).allMatch(last -> last.getTruncated() && !last.getTerminated());
        assertSent(0, "0", 1 + 5, 0.25, "2");
        assertSent(1, "1", 10, 0.5, "2");
    }

    @Test
    void terminatedWinsOverTruncated() throws InterruptedException {
        NStepReturns returns = new NStepReturns(4, 0.5, sent::add);
        publish(returns, 0);
        returns.publish(Experience.newBuilder(terminal(1)).setTruncated(true).build());
        assertThat(sent).hasSize(2).allMatch(Experience::getTerminated);
        assertSent(0, "0", 1 + 5, 0.25, null);
    }

    @Test
    void theNextEpisodeBeginsWithAnEmptyWindow() throws InterruptedException {
        NStepReturns returns = new NStepReturns(2, 0.5, sent::add);
        publish(returns, 0);
        returns.publish(terminal(1));
        sent.clear();
        publish(returns, 0, 1);
        assertThat(sent).hasSize(1);
        assertSent(0, "0", 6, 0.25, "2");
    }

    @Test
    void aStepsOwnDiscountCountsForWhatFollowsIt() throws InterruptedException {
        NStepReturns returns = new NStepReturns(3, 0.5, sent::add);
        publish(returns, 0);
        returns.publish(step(1).setDiscount(0.25).build());
        publish(returns, 2);
        assertSent(0, "0", 1 + 0.5 * 10 + 0.5 * 0.25 * 100, 0.5 * 0.25 * 0.5, "3");
    }

    @Test
    void whatWasDecidedIsOfTheFirstStepAndWhatFollowedOfTheLast() throws InterruptedException {
        NStepReturns returns = new NStepReturns(2, 0.5, sent::add);
        Experience first = step(0).setAction(3)
                .setLegalActions(List.of(1, 3))
                .setNextAction(1)
                .setBehaviorProbability(0.25)
                .setPolicyVersion(9L)
                .build();
        Experience last = step(1).setAction(1)
                .setLegalActions(List.of(1))
                .setNextAction(2)
                .setBehaviorProbability(0.5)
                .setPolicyVersion(4L)
                .build();
        returns.publish(first);
        returns.publish(last);
        assertThat(sent)
                .containsExactly(Experience.newBuilder(first)
                        .setReward(6)
                        .setDiscount(0.25)
                        .setNextState("2")
                        .setNextAction(2)
                        .build());
    }

    @Test
    void aStepThatDoesNotContinueTheOneBeforeBeginsAnew() throws InterruptedException {
        List<Experience> strangers = List.of(
                step(1).setState("elsewhere").build(),
                step(1).setEpisodeId("8").build(),
                step(1).setAgentId("b").build(),
                step(1).setPolicyId("cliff").build(),
                step(1).setStep(2L).build());
        for (Experience stranger : strangers) {
            sent.clear();
            NStepReturns returns = new NStepReturns(3, 0.5, sent::add);
            publish(returns, 0);
            returns.publish(stranger);
            assertThat(sent).as("%s", stranger).hasSize(1);
            assertSent(0, "0", 1, 0.5, "1");
        }
    }

    @Test
    void withoutIdsTheStatesTellWhatContinues() throws InterruptedException {
        NStepReturns returns = new NStepReturns(2, 0.5, sent::add);
        for (long number = 0; number < 2; number++) {
            returns.publish(step(number)
                    .setAgentId(null)
                    .setEpisodeId(null)
                    .setStep(null)
                    .build());
        }
        assertThat(sent).hasSize(1);
        assertSent(0, "0", 6, 0.25, "2");
    }

    @Test
    void anAgentThatEndsInTheMiddleSendsWhatItHolds() throws InterruptedException {
        NStepReturns returns = new NStepReturns(4, 0.5, sent::add);
        publish(returns, 0, 1);
        returns.flush();
        assertThat(sent).hasSize(2).noneMatch(Experience::getTruncated);
        assertSent(0, "0", 6, 0.25, "2");
        assertSent(1, "1", 10, 0.5, "2");
    }

    /** Action 0 is greedy in 0, 1, 2 and 3; nothing is known of any other state. */
    private static final Policy GREEDY =
            state -> "0123".contains(state) ? StatePolicy.of(update(state, 1, 1, 0, 1.0, 0.0)) : null;

    @Test
    void aReturnEndsBeforeAnActionThatIsNotGreedy() throws InterruptedException {
        NStepReturns returns = new NStepReturns(3, 0.5, sent::add).cutAtExploration(GREEDY);
        publish(returns, 0, 1);
        returns.publish(step(2).setAction(1).build());
        assertThat(sent).hasSize(2);
        assertSent(0, "0", 1 + 5, 0.25, "2");
        assertSent(1, "1", 10, 0.5, "2");
        publish(returns, 3);
        returns.publish(terminal(4));
        assertThat(sent).hasSize(5);
        assertSent(2, "2", 100 + 500, 0.25, "4");
    }

    @Test
    void aReturnMayBeginWithAnyAction() throws InterruptedException {
        NStepReturns returns = new NStepReturns(2, 0.5, sent::add).cutAtExploration(GREEDY);
        returns.publish(step(0).setAction(1).build());
        publish(returns, 1);
        assertThat(sent).hasSize(1);
        assertSent(0, "0", 6, 0.25, "2");
    }

    @Test
    void whatIsUnknownCountsAsExploration() throws InterruptedException {
        NStepReturns returns = new NStepReturns(3, 0.5, sent::add).cutAtExploration(GREEDY);
        publish(returns, 3, 4);
        assertThat(sent).hasSize(1);
        assertSent(0, "3", 1000, 0.5, "4");
    }

    @Test
    void aStepThatWasNotTakenMayBePublishedAgainAndNothingIsSentTwice() throws InterruptedException {
        int[] room = {0};
        NStepReturns returns = new NStepReturns(3, 0.5, experience -> {
            if (room[0]-- == 0) {
                throw new InterruptedException();
            }
            sent.add(experience);
        });
        publish(returns, 0, 1);
        int refusals = 0;
        for (boolean taken = false; !taken; ) {
            room[0] = 1;
            try {
                returns.publish(terminal(2));
                taken = true;
            } catch (InterruptedException e) {
                refusals++;
            }
        }
        assertThat(refusals).isEqualTo(2);
        assertThat(sent).extracting(Experience::getState).containsExactly("0", "1", "2");
        assertSent(0, "0", 31, 0.125, null);
        assertSent(1, "1", 60, 0.25, null);
        assertSent(2, "2", 100, 0.5, null);
    }

    @Test
    void aStepThatTheSinkRefusedIsNotHeldEither() throws InterruptedException {
        NStepReturns returns = new NStepReturns(1, 0.5, experience -> {
            throw new IllegalStateException("no room");
        });
        assertThatThrownBy(() -> publish(returns, 0)).hasMessage("no room");
        returns.flush();
    }

    @Test
    void aReturnThatTheSinkRefusesIsGivenUpAndThoseThatFollowAreSent() throws InterruptedException {
        NStepReturns returns = new NStepReturns(2, 0.5, experience -> {
            if (experience.getState().equals("1")) {
                throw new IllegalArgumentException("no state");
            }
            sent.add(experience);
        });
        publish(returns, 0, 1);
        assertThatThrownBy(() -> publish(returns, 2)).hasMessage("no state");
        publish(returns, 2, 3);
        returns.publish(terminal(4));
        assertThat(sent).extracting(Experience::getState).containsExactly("0", "2", "3", "4");
        assertSent(1, "2", 100 + 500, 0.25, "4");
    }

    @Test
    void aReturnIsKeptWhileTheSinkTellsOfEarlierLosses() throws InterruptedException {
        boolean[] lost = {true};
        NStepReturns returns = new NStepReturns(2, 0.5, experience -> {
            if (lost[0]) {
                lost[0] = false;
                throw new DeliveryFailedException("lost", new IllegalStateException());
            }
            sent.add(experience);
        });
        publish(returns, 0);
        assertThatThrownBy(() -> publish(returns, 1)).hasMessage("lost");
        publish(returns, 1);
        assertThat(sent).hasSize(1);
        assertSent(0, "0", 6, 0.25, "2");
    }

    @Test
    void anywayEachStepIsSentOnceInOrderWithWhatItsWindowHolds() throws InterruptedException {
        for (long seed = 0; seed < 500; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int n = 1 + random.nextInt(6);
            double discount = random.nextDouble();
            List<Experience> taken = new ArrayList<>();
            sent.clear();
            NStepReturns returns = new NStepReturns(n, discount, sent::add).cutAtExploration(GREEDY_BUT_FOR_ACTION_1);
            for (int episode = 0; episode < 5; episode++) {
                int length = 1 + random.nextInt(12);
                boolean terminates = random.nextBoolean();
                for (int number = 0; number < length; number++) {
                    boolean last = number == length - 1;
                    Experience step = step(number)
                            .setEpisodeId(Integer.toString(episode))
                            .setAction(random.nextInt(4) == 0 ? 1 : 0)
                            .setReward(random.nextDouble(-1, 1))
                            .setTerminated(last && terminates)
                            .setTruncated(last && !terminates)
                            .build();
                    taken.add(step);
                    returns.publish(step);
                }
            }
            assertThat(sent).as("seed %d", seed).hasSameSizeAs(taken);
            for (int i = 0; i < taken.size(); i++) {
                assertWindow(sent.get(i), taken, i, n, discount, seed);
            }
        }
    }

    private static final Policy GREEDY_BUT_FOR_ACTION_1 = state -> StatePolicy.of(update(state, 1, 1, 0, 1.0, 0.0));

    /** By the definition: r_t + discount * (the same from t + 1), as long as the window and the episode go on. */
    private static void assertWindow(
            Experience sent, List<Experience> taken, int begin, int n, double discount, long seed) {
        int end = begin;
        while (end - begin + 1 < n
                && !taken.get(end).getTerminated()
                && !taken.get(end).getTruncated()
                && taken.get(end + 1).getAction() == 0) {
            end++;
        }
        double reward = 0;
        for (int i = end; i >= begin; i--) {
            reward = taken.get(i).getReward() + discount * reward;
        }
        Experience last = taken.get(end);
        assertThat(sent.getReward()).as("seed %d", seed).isCloseTo(reward, within(EXACT));
        assertThat(sent.getDiscount()).isCloseTo(Math.pow(discount, end - begin + 1.0), within(EXACT));
        assertThat(Experience.newBuilder(sent)
                        .setReward(taken.get(begin).getReward())
                        .setDiscount(null)
                        .build())
                .as("seed %d", seed)
                .isEqualTo(Experience.newBuilder(taken.get(begin))
                        .setNextState(last.getNextState())
                        .setTerminated(last.getTerminated())
                        .setTruncated(last.getTruncated())
                        .build());
    }

    @Test
    void whatMakesNoReturnIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NStepReturns(0, 0.5, sent::add))
                .withMessage("a return must span at least 1 step: got 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new NStepReturns(1, 1.5, sent::add))
                .withMessage("discount must be in [0, 1]: got 1.5");
    }
}
