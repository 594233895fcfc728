package io.streamq.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** What each algorithm bootstraps: tables computed by hand, then what must hold of any row. */
class AlgorithmTest {
    private static final double EXACT = 1e-12;

    /** One of each, and of those with a parameter one more. */
    private static final List<Algorithm> ALL = List.of(
            new QLearning(),
            new DoubleQLearning(),
            new ExpectedSarsa(0.3),
            new ExpectedSarsa(1),
            new SoftmaxExpectedSarsa(0.5),
            new SoftmaxExpectedSarsa(20),
            new Sarsa());

    private static QRow row(int actions, long[] legal, double... values) {
        return QRow.of(
                actions,
                values,
                new long[values.length],
                legal,
                GreedyChoice.NONE,
                0,
                0,
                GreedyChoice.NONE,
                Double.NaN,
                null);
    }

    private static double[] published(Algorithm algorithm, QRow row) {
        double[] published = new double[algorithm.bootstrapWidth(row.actions())];
        algorithm.bootstrapValues(row, published);
        return published;
    }

    /**
     * The row (4, 1, 2), then without action 0. Softmax at temperature 2 weighs 4, 1 and 2 by 1, e^-1.5 = 0.2231302 and e^-1 =
     * 0.3678794: (4 + 0.2231302 + 0.7357589) / 1.5910096 = 3.1168191; 1 and 2 by e^-0.5 = 0.6065307 and 1: 2.6065307 / 1.6065307.
     */
    @Test
    void aRowOfOneTable() {
        double[] values = {4, 1, 2};
        long[] withoutTheBest = ActionSet.of(3, 1, 2);
        assertThat(published(new QLearning(), row(3, null, values))).containsExactly(4);
        assertThat(published(new QLearning(), row(3, withoutTheBest, values))).containsExactly(2);
        assertThat(published(new Sarsa(), row(3, null, values))).containsExactly(4, 1, 2);
        assertThat(published(new ExpectedSarsa(0.3), row(3, null, values)))
                .containsExactly(new double[] {0.7 * 4 + 0.1 * 7}, within(EXACT));
        assertThat(published(new ExpectedSarsa(0.3), row(3, withoutTheBest, values)))
                .containsExactly(new double[] {0.7 * 2 + 0.15 * 3}, within(EXACT));
        assertThat(published(new SoftmaxExpectedSarsa(2), row(3, null, values)))
                .containsExactly(new double[] {3.1168191}, within(1e-7));
        assertThat(published(new SoftmaxExpectedSarsa(2), row(3, withoutTheBest, values)))
                .containsExactly(new double[] {1.6224593}, within(1e-7));
    }

    /** Table 0 is (4, 1, 2), table 1 is (0, 7, 6): 0 asks 1 of action 0, 1 asks 0 of action 1; without 0 and 1 both ask of 2. */
    @Test
    void aRowOfTwoTables() {
        double[] values = {4, 1, 2, 0, 7, 6};
        assertThat(published(new DoubleQLearning(), row(3, null, values))).containsExactly(0, 1);
        assertThat(published(new DoubleQLearning(), row(3, ActionSet.of(3, 2), values)))
                .containsExactly(6, 2);
    }

    @Test
    void eachAlgorithmSaysWhichOfItsNumbersAnExperienceWants() {
        assertThat(new QLearning().bootstrapChoice()).isEqualTo(BootstrapChoice.ONLY);
        assertThat(new DoubleQLearning().bootstrapChoice()).isEqualTo(BootstrapChoice.BY_COIN);
        assertThat(new ExpectedSarsa(0.1).bootstrapChoice()).isEqualTo(BootstrapChoice.ONLY);
        assertThat(new SoftmaxExpectedSarsa(1).bootstrapChoice()).isEqualTo(BootstrapChoice.ONLY);
        assertThat(new Sarsa().bootstrapChoice()).isEqualTo(BootstrapChoice.BY_NEXT_ACTION);
    }

    @Test
    void whatAnExperienceWantsIsAmongWhatIsPublished() {
        for (Algorithm algorithm : ALL) {
            for (int coin = 0; coin < 2; coin++) {
                for (int nextAction = 0; nextAction < 5; nextAction++) {
                    assertThat(algorithm.bootstrapChoice().index(coin, nextAction))
                            .as("%s", algorithm)
                            .isBetween(0, algorithm.bootstrapWidth(5) - 1);
                }
            }
        }
    }

    @Test
    void onlySarsaAsksForTheNextAction() {
        assertThat(ALL).filteredOn(Algorithm::needsNextAction).hasSize(1).hasOnlyElementsOfType(Sarsa.class);
    }

    @Test
    void asManyNumbersAreWrittenAsWereSaid() {
        onRandomRows((algorithm, row) -> {
            double[] into = new double[row.actions() + 8];
            Arrays.fill(into, Double.NaN);
            algorithm.bootstrapValues(row, into);
            int width = algorithm.bootstrapWidth(row.actions());
            assertThat(Arrays.stream(into, 0, width)).noneMatch(number -> Double.isNaN(number));
            assertThat(Arrays.stream(into, width, into.length)).allMatch(number -> Double.isNaN(number));
        });
    }

    @Test
    void whatIsBootstrappedLiesBetweenTheWorstAndTheBestLegalValue() {
        onRandomRows((algorithm, row) -> {
            double worst = Double.POSITIVE_INFINITY;
            double best = Double.NEGATIVE_INFINITY;
            for (int action = 0; action < row.actions(); action++) {
                if (ActionSet.contains(row.legalActions(), action)) {
                    for (int table = 0; table < row.tables(); table++) {
                        worst = Math.min(worst, row.value(table, action));
                        best = Math.max(best, row.value(table, action));
                    }
                }
            }
            double[] published = published(algorithm, row);
            for (int index = 0; index < published.length; index++) {
                if (!(algorithm instanceof Sarsa) || ActionSet.contains(row.legalActions(), index)) {
                    assertThat(published[index]).as("%s of %s", algorithm, row).isBetween(worst - EXACT, best + EXACT);
                }
            }
        });
    }

    @Test
    void whatIllegalActionsHoldIsWithoutConsequence() {
        onRandomRows((algorithm, row) -> {
            if (algorithm instanceof Sarsa) {
                return;
            }
            QRow other = row.copy();
            for (int action = 0; action < row.actions(); action++) {
                if (!ActionSet.contains(row.legalActions(), action)) {
                    for (int table = 0; table < row.tables(); table++) {
                        other.apply(table, action, 1e6);
                    }
                }
            }
            assertThat(published(algorithm, other)).isEqualTo(published(algorithm, row));
        });
    }

    @Test
    void tablesThatAgreeBootstrapWhatQLearningWould() {
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 1_000; i++) {
            QRow row = QRowTest.randomRow(random, 1);
            double greatest = published(new QLearning(), row)[0];
            assertThat(published(new DoubleQLearning(), row.withTables(2))).containsExactly(greatest, greatest);
        }
    }

    @Test
    void softmaxFollowsAShiftOfAllValues() {
        SplittableRandom random = new SplittableRandom(4);
        for (int i = 0; i < 1_000; i++) {
            QRow row = QRowTest.randomRow(random, 1);
            double[] shifted = new double[row.actions()];
            Arrays.setAll(shifted, action -> row.value(0, action) + 1_000);
            Algorithm softmax = new SoftmaxExpectedSarsa(0.1 + random.nextDouble(10));
            assertThat(published(softmax, row(row.actions(), row.legalActions(), shifted))[0])
                    .isCloseTo(published(softmax, row)[0] + 1_000, within(1e-9));
        }
    }

    @Test
    void coldSoftmaxIsQLearningAndHotSoftmaxTheMean() {
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 1_000; i++) {
            QRow row = QRowTest.randomRow(random, 1);
            assertThat(published(new SoftmaxExpectedSarsa(1e-9), row)[0])
                    .isCloseTo(published(new QLearning(), row)[0], within(1e-8));
            assertThat(published(new SoftmaxExpectedSarsa(1e9), row)[0])
                    .isCloseTo(published(new ExpectedSarsa(1), row)[0], within(1e-6));
        }
    }

    @Test
    void softmaxOfValuesFarApartIsFinite() {
        assertThat(published(new SoftmaxExpectedSarsa(1e-3), row(2, null, -1e300, 1e300)))
                .containsExactly(1e300);
        assertThat(published(new SoftmaxExpectedSarsa(Double.MIN_VALUE), row(2, null, 1, 1)))
                .containsExactly(1);
    }

    /** One that is not finite would be taken for none, and the initial value learnt from without a word. */
    @Test
    void theExpectationOfValuesWhoseSumIsInfiniteIsFinite() {
        assertKeepGreatValues(new ExpectedSarsa(0), new ExpectedSarsa(0.3), new ExpectedSarsa(1));
        assertThat(published(new ExpectedSarsa(0.5), row(3, null, 1.6e308, 1.2e308, 0.8e308))[0] / 1e308)
                .isCloseTo(1.4, within(EXACT));
    }

    @Test
    void softmaxOfValuesWhoseSumIsInfiniteIsFinite() {
        assertKeepGreatValues(new SoftmaxExpectedSarsa(1e-3), new SoftmaxExpectedSarsa(1e3));
    }

    private static void assertKeepGreatValues(Algorithm... algorithms) {
        for (double great : new double[] {1.7e308, -1.7e308, Double.MAX_VALUE, -Double.MAX_VALUE}) {
            for (Algorithm algorithm : algorithms) {
                for (int actions : new int[] {2, 3, 6}) {
                    double[] values = new double[actions];
                    Arrays.fill(values, great);
                    double expectation = published(algorithm, row(actions, null, values))[0];
                    assertThat(expectation / great).as("%s", algorithm).isCloseTo(1, within(EXACT));
                }
            }
        }
    }

    @Test
    void aTemperatureMustBePositive() {
        for (double wrong : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new SoftmaxExpectedSarsa(wrong))
                    .withMessage("temperature must be finite and > 0: temperature=" + wrong);
        }
    }

    @Test
    void bootstrapValuesAreComputedWithoutAllocating() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        double[] into = new double[8];
        for (Algorithm algorithm : ALL) {
            QRow row = QRow.untouched(algorithm.tables(), 4, 1);
            algorithm.bootstrapValues(row, into);
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 100_000; i++) {
                algorithm.bootstrapValues(row, into);
            }
            assertThat(threads.getCurrentThreadAllocatedBytes() - before)
                    .as("%s", algorithm)
                    .isLessThan(1_000);
        }
    }

    private static void onRandomRows(BiConsumer<Algorithm, QRow> fact) {
        for (Algorithm algorithm : ALL) {
            SplittableRandom random = new SplittableRandom(1);
            for (int i = 0; i < 500; i++) {
                fact.accept(algorithm, QRowTest.randomRow(random, algorithm.tables()));
            }
        }
    }

    @Test
    void qLearningAloneLeavesWhatIsPublishedWhereAnotherActionThanTheBestIsLearnt() {
        QRow before = row(3, null, 4, 1, 2);
        QRow after = row(3, null, 4, 3, 2);
        for (Algorithm algorithm : ALL) {
            if (algorithm.tables() == 1) {
                boolean isAsBefore = Arrays.equals(published(algorithm, before), published(algorithm, after));
                assertThat(isAsBefore).as("%s", algorithm).isEqualTo(algorithm.publishesBestValueOnly());
            }
        }
        assertThat(new DoubleQLearning().publishesBestValueOnly()).isFalse();
    }
}
