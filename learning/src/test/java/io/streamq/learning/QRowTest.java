package io.streamq.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Rows: what they keep, and how they change their shape. */
class QRowTest {
    /** One table, two actions, values 1.5 and -2 after 3 and 200 visits, action 1 legal; everything else set too. */
    private static QRow single() {
        return QRow.of(
                2,
                new double[] {1.5, -2},
                new long[] {3, 200},
                ActionSet.of(2, 1),
                1,
                4,
                1000,
                0,
                1.5,
                RowHistory.of(70, 80, new long[] {5, 6}));
    }

    /** Two tables: action 0 has 1 and 2 visits, action 1 has 0 and 4. */
    private static QRow twofold() {
        return QRow.of(
                2,
                new double[] {4, 1, 2, 3},
                new long[] {1, 0, 2, 4},
                null,
                0,
                0,
                0,
                GreedyChoice.NONE,
                Double.NaN,
                null);
    }

    private static void assertSameButForItsShape(QRow changed, QRow before) {
        assertThat(changed.greedyAction()).isEqualTo(before.greedyAction());
        assertThat(changed.version()).isEqualTo(before.version());
        assertThat(changed.epoch()).isEqualTo(before.epoch());
        assertThat(changed.announcedAction()).isEqualTo(before.announcedAction());
        assertThat(changed.announcedValue()).isEqualTo(before.announcedValue());
        assertThat(changed.history()).isEqualTo(before.history()).isNotSameAs(before.history());
    }

    @Nested
    class OnTheHeap {
        /** Eight for each word: three, and two for each action. */
        @Test
        void aRowAmongOthersTakesItsWordsAndNothingForWhatItsPolicyDoesNotUse() {
            QRows rows = new QRows(1, 4, 1024);
            for (int i = 0; i < 1024; i++) {
                rows.add(QRow.untouched(1, 4, 0));
            }
            QRows[] kept = new QRows[10];
            long before = allocatedBytes();
            for (int i = 0; i < kept.length; i++) {
                kept[i] = rows.copy();
            }
            long allocated = allocatedBytes() - before;
            assertThat(kept).doesNotContainNull();
            assertThat(allocated / kept.length / rows.size()).isEqualTo(8 * (3 + 2 * 4));
        }

        @Test
        void lookingForAnIdentityAllocatesNothing() {
            QRow row = single();
            long before = allocatedBytes();
            int found = 0;
            for (int i = 0; i < 100_000; i++) {
                found += row.remembers(i) ? 1 : 0;
            }
            long allocated = allocatedBytes() - before;
            assertThat(found).isEqualTo(2);
            // Classes loaded on the way take some; an object a call would be sixteen times as much.
            assertThat(allocated).isLessThan(100_000);
        }

        private static long allocatedBytes() {
            return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
        }
    }

    @Nested
    class Announcements {
        @Test
        void theMeanOfValuesWhoseSumIsInfiniteIsAnnouncedAsItIs() {
            for (double great : new double[] {1.7e308, -1.7e308, Double.MAX_VALUE, -Double.MAX_VALUE}) {
                QRow row = QRow.untouched(2, 2, great);
                row.chooseGreedy(0);
                row.announced(42);
                assertThat(row.announcedValue()).isEqualTo(great);
            }
        }

        @Test
        void aRowNobodyAnnouncedHasNoAnnouncedAction() {
            QRow row = QRow.untouched(1, 2, 0);
            row.chooseGreedy(0);
            assertThat(row.announcedAction()).isEqualTo(GreedyChoice.NONE);
        }

        @Test
        void theAnnouncedActionStaysUntilTheNextAnnouncement() {
            QRow row = QRow.untouched(1, 2, 0);
            row.chooseGreedy(0);
            row.announced(42);
            TemporalDifference.update(row, 0, 1, 7, new LearningRate.Constant(1));
            row.chooseGreedy(0);
            assertThat(row.greedyAction()).isOne();
            assertThat(row.announcedAction()).isZero();
            row.announced(42);
            assertThat(row.announcedAction()).isOne();
        }

        @Test
        void theTimeIsKeptOnRequestOnly() {
            QRow row = QRow.untouched(1, 2, 0);
            row.chooseGreedy(0);
            row.announced(42);
            assertThat(row.history()).isNull();
            assertThat(row.announcedAtMillis()).isZero();
            row.announced(42, 1_000);
            assertThat(row.announcedAtMillis()).isEqualTo(1_000);
            assertThat(row.version()).isEqualTo(2);
        }

        @Test
        void theLastOf65536ActionsCanBeAnnounced() {
            QRow row = QRow.untouched(1, QRow.MAX_ACTIONS, 0);
            row.restrictTo(ActionSet.of(QRow.MAX_ACTIONS, QRow.MAX_ACTIONS - 1));
            row.chooseGreedy(0);
            row.announced(42);
            assertThat(row.announcedAction()).isEqualTo(65_535);
            assertThat(row.actions()).isEqualTo(65_536);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> QRow.untouched(1, QRow.MAX_ACTIONS + 1, 0))
                    .withMessage("a row has 1 to 65536 actions: got 65537");
        }

        /** Version and epoch share their words with the actions. */
        @Test
        void theGreatestNumbersDoNotTouchEachOther() {
            long version = (1L << 46) - 1;
            long epoch = 1L << 47;
            int last = QRow.MAX_ACTIONS - 1;
            QRow row = numbered(version, epoch, last);
            assertThat(row.version()).isEqualTo(version);
            assertThat(row.epoch()).isEqualTo(epoch);
            assertThat(row.greedyAction()).isEqualTo(last);
            assertThat(row.announcedAction()).isEqualTo(last);
            assertThatIllegalArgumentException().isThrownBy(() -> numbered(version + 1, epoch, last));
            assertThatIllegalArgumentException().isThrownBy(() -> numbered(version, epoch + 1, last));
        }

        private static QRow numbered(long version, long epoch, int action) {
            double[] values = new double[QRow.MAX_ACTIONS];
            return QRow.of(
                    values.length, values, new long[values.length], null, action, version, epoch, action, 0, null);
        }

        @Test
        void aForgottenRowGoesOnCounting() {
            QRow row = QRow.untouched(1, 2, 0);
            row.versionsAfter(9);
            row.chooseGreedy(0);
            assertThat(row.announcedAction()).isEqualTo(GreedyChoice.NONE);
            row.announced(42);
            assertThat(row.version()).isEqualTo(10);
            assertThatIllegalStateException()
                    .isThrownBy(() -> row.versionsAfter(20))
                    .withMessage("a row must take over the count of announcements before its first: has 10, got 20");
        }

        @Test
        void aRestoredRowHasBothOfAnnouncedActionAndValueOrNeither() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> QRow.of(1, new double[1], new long[1], null, 0, 1, 1, 0, Double.NaN, null))
                    .withMessageContaining("action=0 value=NaN");
        }
    }

    @Nested
    class MoreActions {
        @Test
        void theNewOnesHoldTheInitialValueAndTheOldOnesWhatTheyHeld() {
            QRow grown = twofold().withActions(3, 9);
            assertThat(grown)
                    .isEqualTo(QRow.of(
                            3,
                            new double[] {4, 1, 9, 2, 3, 9},
                            new long[] {1, 0, 0, 2, 4, 0},
                            null,
                            0,
                            0,
                            0,
                            GreedyChoice.NONE,
                            Double.NaN,
                            null));
        }

        @Test
        void whatWasRestrictedStaysRestricted() {
            QRow grown = single().withActions(70, 9);
            assertThat(IntStream.range(0, 70).filter(action -> ActionSet.contains(grown.legalActions(), action)))
                    .containsExactly(1);
            assertThat(grown.bestLegalAction()).isOne();
        }

        @Test
        void everythingElseIsCarriedOver() {
            QRow before = single();
            assertSameButForItsShape(before.withActions(3, 9), before);
        }

        @Test
        void noActionIsTakenAway() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> single().withActions(1, 0))
                    .withMessage("a row can only gain actions: has 2, got 1");
        }
    }

    @Nested
    class OtherTables {
        @Test
        void twoTablesShareTheVisitsAndBothGetTheValue() {
            QRow two = single().withTables(2);
            assertThat(two.tables()).isEqualTo(2);
            assertThat(new double[] {two.value(0, 0), two.value(1, 0), two.value(0, 1), two.value(1, 1)})
                    .containsExactly(1.5, 1.5, -2, -2);
            assertThat(new long[] {two.visits(0, 0), two.visits(1, 0), two.visits(0, 1), two.visits(1, 1)})
                    .containsExactly(2, 1, 100, 100);
        }

        @Test
        void oneTableGetsTheMeanAndTheSumOfVisits() {
            QRow one = twofold().withTables(1);
            assertThat(one.tables()).isOne();
            assertThat(new double[] {one.value(0, 0), one.value(0, 1)}).containsExactly(3, 2);
            assertThat(new long[] {one.visits(0, 0), one.visits(0, 1)}).containsExactly(3, 4);
        }

        @Test
        void everythingElseIsCarriedOver() {
            QRow before = single();
            assertSameButForItsShape(before.withTables(2), before);
            assertSameButForItsShape(before.withTables(1), before);
        }

        @Test
        void thereAreNoThreeTables() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> single().withTables(3))
                    .withMessage("a row has 1 or 2 tables: got 3");
        }

        @Test
        void noWayAboutChangesThePolicyOrTheNumberOfExperiences() {
            SplittableRandom random = new SplittableRandom(7);
            for (int i = 0; i < 1_000; i++) {
                QRow row = randomRow(random, 1 + random.nextInt(2));
                QRow other = row.withTables(3 - row.tables());
                assertThat(other.updates()).isEqualTo(row.updates());
                assertThat(other.bestLegalAction()).isEqualTo(row.bestLegalAction());
                for (int action = 0; action < row.actions(); action++) {
                    assertThat(other.meanValue(action)).isEqualTo(row.meanValue(action));
                    assertThat(other.visits(action)).isEqualTo(row.visits(action));
                }
                if (row.tables() == 1) {
                    assertThat(other.withTables(1)).isEqualTo(row);
                }
            }
        }
    }

    @Nested
    class AnotherInitialValue {
        @Test
        void onlyWhatNobodyTriedTakesIt() {
            QRow other = twofold().withActions(3, 9).withInitialQ(7);
            assertThat(new double[] {other.value(0, 0), other.value(0, 1), other.value(1, 0), other.value(1, 1)})
                    .as("tried by one table at least")
                    .containsExactly(4, 1, 2, 3);
            assertThat(new double[] {other.value(0, 2), other.value(1, 2)}).containsExactly(7, 7);
        }

        @Test
        void whatOneTableKnewBeforeThereWereTwoStays() {
            QRow learnt = QRow.of(
                    2, new double[] {8, 0}, new long[] {1, 0}, null, 0, 0, 0, GreedyChoice.NONE, Double.NaN, null);
            QRow other = learnt.withTables(2).withInitialQ(100);
            assertThat(new double[] {other.value(0, 0), other.value(1, 0)}).containsExactly(8, 8);
            assertThat(new double[] {other.value(0, 1), other.value(1, 1)}).containsExactly(100, 100);
        }

        @Test
        void everythingElseIsCarriedOver() {
            QRow before = single();
            QRow other = before.withInitialQ(7);
            assertSameButForItsShape(other, before);
            assertThat(other).isEqualTo(before);
        }
    }

    @Nested
    class Memory {
        private final QRow row = QRow.untouched(1, 1, 0);

        @Test
        void theLatestExperiencesAreRemembered() {
            for (long identity = 1; identity <= 5; identity++) {
                row.remember(identity, 3);
            }
            assertThat(row.history().identities()).containsExactly(3, 4, 5);
            assertThat(row.remembers(5)).isTrue();
            assertThat(row.remembers(2)).isFalse();
        }

        @Test
        void aSmallerWindowKeepsTheMostRecent() {
            for (long identity = 1; identity <= 5; identity++) {
                row.remember(identity, 4);
            }
            row.remember(6, 2);
            assertThat(row.history().identities()).containsExactly(5, 6);
        }

        @Test
        void aLargerWindowForgetsNobody() {
            for (long identity = 1; identity <= 5; identity++) {
                row.remember(identity, 3);
            }
            row.remember(6, 5);
            assertThat(row.history().identities()).containsExactly(3, 4, 5, 6);
        }

        @Test
        void withoutAWindowAllIsForgotten() {
            row.remember(1, 3);
            row.remember(2, 0);
            assertThat(row.remembers(1)).isFalse();
            assertThat(row.remembers(2)).isFalse();
        }

        @Test
        void aPolicyWithoutAWindowKeepsNoHistory() {
            row.remember(1, 0);
            assertThat(row.history()).isNull();
        }

        @Test
        void zeroIsAnIdentityLikeAnyOther() {
            row.remember(1, 3);
            assertThat(row.remembers(0)).isFalse();
            row.remember(0, 3);
            assertThat(row.remembers(0)).isTrue();
        }

        @Test
        void itIsWhatAListWouldRememberHoweverTheWindowChanges() {
            for (long seed = 0; seed < 200; seed++) {
                SplittableRandom random = new SplittableRandom(seed);
                QRow remembering = QRow.untouched(1, 1, 0);
                Deque<Long> expected = new ArrayDeque<>();
                int window = 1;
                for (long identity = 0; identity < 200; identity++) {
                    if (random.nextInt(20) == 0) {
                        window = random.nextInt(12);
                    }
                    remembering.remember(identity, window);
                    expected.add(identity);
                    while (expected.size() > window) {
                        expected.remove();
                    }
                    RowHistory history = remembering.history();
                    assertThat(history == null ? new long[0] : history.identities())
                            .as("seed %d", seed)
                            .containsExactly(
                                    expected.stream().mapToLong(Long::longValue).toArray());
                }
            }
        }

        @Test
        void whenTheRowWasTouchedIsKeptOnRequest() {
            assertThat(row.touchedAtMillis()).isZero();
            row.touched(1_234);
            assertThat(row.touchedAtMillis()).isEqualTo(1_234);
            assertThat(row.announcedAtMillis()).isZero();
        }
    }

    @Test
    void aCopyIsEqualAndSharesNothing() {
        QRow row = single();
        QRow copy = row.copy();
        assertThat(copy).isEqualTo(row).hasSameHashCodeAs(row).hasToString(row.toString());
        row.remember(9, 5);
        assertThat(copy).isNotEqualTo(row);
        assertThat(copy.remembers(9)).isFalse();
    }

    @Test
    void rowsDifferByTheirPastAlone() {
        QRow row = single();
        QRow touched = row.copy();
        touched.touched(81);
        QRow announced = row.copy();
        announced.announced(1000, 71);
        assertThat(touched).isNotEqualTo(row);
        assertThat(announced).isNotEqualTo(row).isNotEqualTo(touched);
    }

    static QRow randomRow(SplittableRandom random, int tables) {
        int actions = 1 + random.nextInt(5);
        double[] values = random.doubles((long) tables * actions, -10, 10).toArray();
        long[] visits = random.longs((long) tables * actions, 0, 100).toArray();
        long[] legal = null;
        if (random.nextInt(2) == 0) {
            int sure = random.nextInt(actions);
            legal = ActionSet.of(
                    actions,
                    IntStream.range(0, actions)
                            .filter(action -> action == sure || random.nextInt(2) == 0)
                            .toArray());
        }
        return QRow.of(actions, values, visits, legal, GreedyChoice.NONE, 0, 0, GreedyChoice.NONE, Double.NaN, null);
    }
}
