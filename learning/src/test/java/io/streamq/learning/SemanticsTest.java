package io.streamq.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The learning rules one by one, each with numbers that can be checked by hand. */
class SemanticsTest {
    private static final LearningRate HALF = new LearningRate.Constant(0.5);

    private static QRow row(double... values) {
        return QRow.of(
                values.length,
                values,
                new long[values.length],
                null,
                GreedyChoice.NONE,
                0,
                0,
                GreedyChoice.NONE,
                Double.NaN,
                null);
    }

    private static double bootstrap(Algorithm algorithm, QRow row, int coin, int nextAction) {
        double[] published = new double[algorithm.bootstrapWidth(row.actions())];
        algorithm.bootstrapValues(row, published);
        return published[algorithm.bootstrapIndex(coin, nextAction)];
    }

    @Test
    void theUpdateMovesTheValueByTheRateTimesTheError() {
        QRow row = row(2.0, 0.0);
        // target = 1 + 0.9 * 4 = 4.6; error = 2.6; new value = 2 + 0.5 * 2.6
        double error = TemporalDifference.update(row, 0, 0, TemporalDifference.target(1.0, 0.9, 4.0), HALF);
        assertThat(error).isCloseTo(2.6, within(1e-15));
        assertThat(row.value(0, 0)).isCloseTo(3.3, within(1e-15));
        assertThat(row.value(0, 1)).isZero();
        assertThat(row.visits(0)).isOne();
        assertThat(row.visits(1)).isZero();
        assertThat(row.updates()).isOne();
    }

    @Test
    void aTerminalTargetIsTheRewardAlone() {
        QRow row = row(2.0);
        TemporalDifference.update(row, 0, 0, TemporalDifference.terminalTarget(1.0), HALF);
        assertThat(row.value(0, 0)).isEqualTo(1.5);
    }

    @Test
    void aDiscountOfZeroLeavesTheReward() {
        assertThat(TemporalDifference.target(3.0, 0.0, 1e300)).isEqualTo(3.0);
    }

    @Test
    void anExperiencesOwnDiscountReplacesThePolicys() {
        // A two-step return at discount 0.9: the agent sums r0 + 0.9 r1 = 1 + 1.8 itself and sends 0.81.
        assertThat(TemporalDifference.target(2.8, 0.81, 10.0)).isCloseTo(10.9, within(1e-14));
    }

    @Nested
    class LegalActions {
        private final QRow row = row(5.0, 1.0, 3.0);

        @Test
        void theBootstrapSeesLegalActionsOnly() {
            row.restrictTo(ActionSet.of(3, 1, 2));
            assertThat(bootstrap(new QLearning(), row, 0, GreedyChoice.NONE)).isEqualTo(3.0);
        }

        @Test
        void theGreedyChoiceSeesLegalActionsOnly() {
            row.restrictTo(ActionSet.of(3, 1, 2));
            row.chooseGreedy(0);
            assertThat(row.greedyAction()).isEqualTo(2);
        }

        @Test
        void anIncumbentThatBecameIllegalGoes() {
            row.chooseGreedy(0);
            assertThat(row.greedyAction()).isZero();
            row.restrictTo(ActionSet.of(3, 1));
            row.chooseGreedy(0);
            assertThat(row.greedyAction()).isOne();
        }

        @Test
        void absentMeansAll() {
            assertThat(bootstrap(new QLearning(), row, 0, GreedyChoice.NONE)).isEqualTo(5.0);
        }

        @Test
        void aSetKnowsItsMembersByTheirPlace() {
            long[] set = ActionSet.of(200, 199, 0, 64, 63);
            assertThat(ActionSet.size(set, 200)).isEqualTo(4);
            assertThat(List.of(0, 1, 2, 3))
                    .extracting(place -> ActionSet.member(set, place))
                    .containsExactly(0, 63, 64, 199);
            assertThat(ActionSet.size(null, 200)).isEqualTo(200);
            assertThat(ActionSet.member(null, 7)).isEqualTo(7);
        }

        @Test
        void setsReachBeyondOneWord() {
            long[] set = ActionSet.of(200, 0, 63, 64, 199);
            assertThat(set).hasSize(4);
            assertThat(List.of(0, 63, 64, 199)).allMatch(action -> ActionSet.contains(set, action));
            assertThat(List.of(1, 62, 65, 198)).noneMatch(action -> ActionSet.contains(set, action));
            assertThatThrownBy(() -> ActionSet.of(3, 3)).hasMessage("a legal action must be in [0, 3): got 3");
        }
    }

    @Nested
    class InitialValues {
        @Test
        void anUntouchedRowHoldsTheInitialValueEverywhere() {
            QRow row = QRow.untouched(1, 3, 7.5);
            assertThat(bootstrap(new QLearning(), row, 0, GreedyChoice.NONE)).isEqualTo(7.5);
            assertThat(row.updates()).isZero();
        }

        @Test
        void optimismSurvivesInTheActionsNobodyTried() {
            QRow row = QRow.untouched(1, 2, 10);
            TemporalDifference.update(row, 0, 0, TemporalDifference.terminalTarget(0), HALF);
            row.chooseGreedy(0);
            assertThat(row.greedyAction()).isOne();
            assertThat(bootstrap(new QLearning(), row, 0, GreedyChoice.NONE)).isEqualTo(10);
        }
    }

    @Nested
    class Ties {
        @Test
        void theLowestIndexWinsWithoutAnIncumbent() {
            QRow row = row(1.0, 2.0, 2.0);
            row.chooseGreedy(0);
            assertThat(row.greedyAction()).isOne();
        }

        @Test
        void theIncumbentStays() {
            QRow row = QRow.of(
                    3, new double[] {2.0, 1.0, 2.0}, new long[3], null, 2, 0, 0, GreedyChoice.NONE, Double.NaN, null);
            row.chooseGreedy(0);
            assertThat(row.greedyAction()).isEqualTo(2);
        }

        /** Of few values, so that there are ties, with few legal actions, so that the incumbent may be none of them. */
        @Test
        void theChoiceIsThatOfTheDefinitionWhateverTheRow() {
            SplittableRandom random = new SplittableRandom(11);
            for (int i = 0; i < 20_000; i++) {
                int actions = 1 + random.nextInt(6);
                int tables = 1 + random.nextInt(2);
                double[] values = random.ints((long) actions * tables, -2, 3)
                        .asDoubleStream()
                        .toArray();
                int first = random.nextInt(actions);
                int second = random.nextInt(actions);
                long[] legal = random.nextBoolean() ? null : ActionSet.of(actions, first, second);
                int incumbent = random.nextInt(actions + 1) - 1;
                double margin = random.nextInt(3) / 2.0;
                QRow row = QRow.of(
                        actions,
                        values,
                        new long[values.length],
                        legal,
                        incumbent,
                        0,
                        0,
                        GreedyChoice.NONE,
                        Double.NaN,
                        null);

                int best = GreedyChoice.NONE;
                for (int action = 0; action < actions; action++) {
                    boolean isLegal = legal == null || action == first || action == second;
                    if (isLegal && (best < 0 || mean(values, actions, action) > mean(values, actions, best))) {
                        best = action;
                    }
                }
                double bestValue = mean(values, actions, best);
                boolean stands = incumbent >= 0
                        && (legal == null || incumbent == first || incumbent == second)
                        && bestValue <= mean(values, actions, incumbent) + margin;

                assertThat(row.bestLegalAction()).isEqualTo(best);
                assertThat(row.bestLegalValue()).isEqualTo(bestValue);
                row.chooseGreedy(margin);
                assertThat(row.greedyAction()).isEqualTo(stands ? incumbent : best);
                assertThat(row.bestLegalValue()).isEqualTo(bestValue);
            }
        }

        private static double mean(double[] values, int actions, int action) {
            return values.length == actions ? values[action] : (values[action] + values[actions + action]) / 2;
        }

        @Test
        void aChallengerMustBeatTheMargin() {
            QRow row = QRow.of(
                    2, new double[] {1.0, 1.25}, new long[2], null, 0, 0, 0, GreedyChoice.NONE, Double.NaN, null);
            row.chooseGreedy(0.25);
            assertThat(row.greedyAction()).isZero();
            row.chooseGreedy(0.125);
            assertThat(row.greedyAction()).isOne();
        }

        @Test
        void theLowestIndexAmongTheBestLegalOnesWinsInPlainArraysToo() {
            assertThat(GreedyChoice.argmax(new double[] {1, 2, 2}, null)).isOne();
            assertThat(GreedyChoice.argmax(new double[] {2, 1, 2}, ActionSet.of(3, 1)))
                    .isOne();
            assertThat(GreedyChoice.argmax(new double[] {2}, new long[1])).isEqualTo(GreedyChoice.NONE);
        }

        @Test
        void allNegativeValuesHaveABest() {
            assertThat(GreedyChoice.argmax(new double[] {-3, -1, -2}, null)).isOne();
            assertThat(GreedyChoice.argmax(new double[] {Double.NEGATIVE_INFINITY}, null))
                    .isZero();
        }
    }

    @Nested
    class LearningRates {
        @Test
        void aConstantRateIsConstant() {
            assertThat(new LearningRate.Constant(0.1).at(1)).isEqualTo(0.1);
            assertThat(new LearningRate.Constant(0.1).at(1_000_000)).isEqualTo(0.1);
        }

        @Test
        void aPolynomialRateIsTheSameOnTheOtherSideOfAStream() throws Exception {
            LearningRate rate = new LearningRate.Polynomial(0.7);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            new ObjectOutputStream(bytes).writeObject(rate);
            Object read = read(bytes.toByteArray());

            assertThat(read).isEqualTo(rate).hasSameHashCodeAs(rate).isNotEqualTo(new LearningRate.Polynomial(0.8));
            assertThat(((LearningRate) read).at(7)).isEqualTo(rate.at(7));
            assertThat(bytes.size()).as("without its table").isLessThan(1000);
        }

        private static Object read(byte[] bytes) throws Exception {
            return new ObjectInputStream(new ByteArrayInputStream(bytes)).readObject();
        }

        /** Each shard keeps one for each policy. */
        @Test
        void aPolynomialRateTakesNoTableOfItsOwnIfThereIsAnEqualOne() throws Exception {
            LearningRate rate = new LearningRate.Polynomial(0.7);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            new ObjectOutputStream(bytes).writeObject(rate);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            var unused = read(bytes.toByteArray()); // loads what reading needs
            long before = threads.getCurrentThreadAllocatedBytes();
            LearningRate equal = new LearningRate.Polynomial(0.7);
            long made = threads.getCurrentThreadAllocatedBytes();
            Object read = read(bytes.toByteArray());
            long readToo = threads.getCurrentThreadAllocatedBytes();
            assertThat(made - before).isLessThan(1 << 10);
            assertThat(readToo - made).as("on the other side of a stream").isLessThan(1 << 14);
            assertThat(rate).isEqualTo(equal).isEqualTo(read);
        }

        @Test
        void thePolynomialRateCountsThisVisitAndIsExactBeyondItsTable() {
            LearningRate rate = new LearningRate.Polynomial(0.7);
            assertThat(rate.at(1)).isEqualTo(1.0);
            assertThat(rate.at(2)).isCloseTo(0.6155722066724582, within(1e-15));
            assertThat(rate.at(1024)).isCloseTo(1.0 / 128, within(1e-15));
            assertThat(rate.at(4095)).isEqualTo(Math.pow(4095, -0.7));
            assertThat(rate.at(4096)).isEqualTo(Math.pow(4096, -0.7));
            assertThat(rate.at(10_000_000_000L)).isCloseTo(1e-7, within(1e-20));
        }

        @Test
        void theFirstVisitReplacesTheInitialValueAltogether() {
            QRow row = QRow.untouched(1, 1, 100);
            TemporalDifference.update(
                    row, 0, 0, TemporalDifference.terminalTarget(1), new LearningRate.Polynomial(0.7));
            assertThat(row.value(0, 0)).isEqualTo(1);
        }

        @Test
        void theHarmonicRateIsOneAtFirstAndHalfNearC() {
            LearningRate rate = new LearningRate.Harmonic(99);
            assertThat(rate.at(1)).isEqualTo(1.0);
            assertThat(rate.at(101)).isEqualTo(0.5);
        }

        @Test
        void theSampleAverageIsTheMeanOfAllTargets() {
            QRow row = row(0.0);
            for (double target : new double[] {1, 2, 6}) {
                TemporalDifference.update(row, 0, 0, target, new LearningRate.SampleAverage());
            }
            assertThat(row.value(0, 0)).isCloseTo(3.0, within(1e-15));
        }

        @Test
        void ratesOutOfRangeAreRefusedByName() {
            assertThatThrownBy(() -> new LearningRate.Constant(0)).hasMessageContaining("alpha=0.0");
            assertThatThrownBy(() -> new LearningRate.Constant(Double.NaN)).hasMessageContaining("alpha=NaN");
            assertThatThrownBy(() -> new LearningRate.Polynomial(1.5)).hasMessageContaining("omega=1.5");
            assertThatThrownBy(() -> new LearningRate.Harmonic(-1)).hasMessageContaining("c=-1.0");
        }
    }

    @Nested
    class DoubleQ {
        // Table A prefers action 0, table B action 1.
        private final QRow row = QRow.of(
                2,
                new double[] {4, 1, 2, 3},
                new long[4],
                null,
                GreedyChoice.NONE,
                0,
                0,
                GreedyChoice.NONE,
                Double.NaN,
                null);
        private final Algorithm algorithm = new DoubleQLearning();

        @Test
        void oneTableChoosesAndTheOtherValues() {
            assertThat(bootstrap(algorithm, row, 0, GreedyChoice.NONE)).isEqualTo(2);
            assertThat(bootstrap(algorithm, row, 1, GreedyChoice.NONE)).isEqualTo(1);
        }

        @Test
        void theCoinChoosesTheTableAndEachCountsItsOwnVisits() {
            TemporalDifference.update(row, algorithm.tableToUpdate(1), 0, 4, HALF);
            assertThat(row.value(1, 0)).isEqualTo(3);
            assertThat(row.value(0, 0)).isEqualTo(4);
            assertThat(row.visits(1, 0)).isOne();
            assertThat(row.visits(0, 0)).isZero();
            assertThat(row.visits(0)).isOne();
        }

        @Test
        void thePolicyGoesByTheMean() {
            assertThat(row.meanValue(0)).isEqualTo(3);
            assertThat(row.meanValue(1)).isEqualTo(2);
            row.chooseGreedy(0);
            assertThat(row.greedyAction()).isZero();
        }

        @Test
        void bothTablesSeeLegalActionsOnly() {
            row.restrictTo(ActionSet.of(2, 1));
            assertThat(bootstrap(algorithm, row, 0, GreedyChoice.NONE)).isEqualTo(3);
            assertThat(row.bestLegalAction()).isOne();
        }
    }

    @Nested
    class ExpectedSarsaTarget {
        private final QRow row = row(5.0, 1.0, 3.0);

        @Test
        void theExpectationIsTakenUnderEpsilonGreedy() {
            // 0.7 * 5 + 0.3 * (5 + 1 + 3) / 3
            assertThat(bootstrap(new ExpectedSarsa(0.3), row, 0, GreedyChoice.NONE))
                    .isCloseTo(4.4, within(1e-15));
        }

        @Test
        void illegalActionsHaveNoProbability() {
            row.restrictTo(ActionSet.of(3, 1, 2));
            // 0.7 * 3 + 0.3 * (1 + 3) / 2
            assertThat(bootstrap(new ExpectedSarsa(0.3), row, 0, GreedyChoice.NONE))
                    .isCloseTo(2.7, within(1e-15));
        }

        @Test
        void withoutExplorationItIsQLearning() {
            assertThat(bootstrap(new ExpectedSarsa(0), row, 0, GreedyChoice.NONE))
                    .isEqualTo(5.0);
        }
    }

    @Nested
    class SarsaTarget {
        @Test
        void theValueOfTheActionTakenNextIsBootstrapped() {
            assertThat(bootstrap(new Sarsa(), row(5.0, 1.0, 3.0), 0, 2)).isEqualTo(3.0);
            assertThat(new Sarsa().needsNextAction()).isTrue();
        }
    }

    @Test
    void anUpdateThatIsNotFiniteLeavesTheRowAsItWas() {
        QRow row = row(-1e308);
        QRow before = row.copy();
        assertThat(TemporalDifference.update(row, 0, 0, 1e308, HALF)).isNaN();
        assertThat(TemporalDifference.update(row, 0, 0, Double.POSITIVE_INFINITY, HALF))
                .isNaN();
        assertThat(TemporalDifference.update(row, 0, 0, Double.NaN, HALF)).isNaN();
        assertThat(row).isEqualTo(before);
    }

    @Test
    void updatesOfDifferentPairsCommute() {
        QRow oneOrder = row(0.0, 0.0);
        QRow otherOrder = row(0.0, 0.0);
        LearningRate rate = new LearningRate.Polynomial(0.7);
        TemporalDifference.update(oneOrder, 0, 0, 1, rate);
        TemporalDifference.update(oneOrder, 0, 1, 2, rate);
        TemporalDifference.update(otherOrder, 0, 1, 2, rate);
        TemporalDifference.update(otherOrder, 0, 0, 1, rate);
        assertThat(oneOrder).isEqualTo(otherOrder);
    }

    @Test
    void aDuplicateKeepsTheFixedPointAndInflatesTheCount() {
        QRow row = row(3.0);
        TemporalDifference.update(row, 0, 0, 3.0, HALF);
        TemporalDifference.update(row, 0, 0, 3.0, HALF);
        assertThat(row.value(0, 0)).isEqualTo(3.0);
        assertThat(row.visits(0)).isEqualTo(2);
    }

    @Test
    void anAnnouncementRaisesTheVersionByOne() {
        QRow row = row(1.0);
        row.chooseGreedy(0);
        row.announced(42);
        row.announced(43);
        assertThat(row.version()).isEqualTo(2);
        assertThat(row.epoch()).isEqualTo(43);
        assertThat(row.announcedValue()).isEqualTo(1.0);
    }
}
