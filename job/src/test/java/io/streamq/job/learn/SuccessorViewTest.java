package io.streamq.job.learn;

import static io.streamq.learning.BootstrapChoice.BY_COIN;
import static io.streamq.learning.BootstrapChoice.BY_NEXT_ACTION;
import static io.streamq.learning.BootstrapChoice.ONLY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.streamq.job.record.KeyPrefix;
import io.streamq.job.record.StateKey;
import io.streamq.learning.BootstrapChoice;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What one thread sees of a view. What others see is for {@link SuccessorViewConcurrencyTest}. */
class SuccessorViewTest {
    private final SuccessorView view = new SuccessorView();
    private final SuccessorView.Found found = new SuccessorView.Found();

    private static StateKey key(int index) {
        return StateKey.of("p", Integer.toString(index));
    }

    private static double[] numbers(int count, double first) {
        return IntStream.range(0, count).mapToDouble(i -> first + i).toArray();
    }

    /** Adds a row of generation 0 and returns its slot. */
    private int add(int index, BootstrapChoice choice, double... numbers) {
        return view.add(key(index), 0, choice, numbers, numbers.length);
    }

    private double read(int index, int coin, int nextAction) {
        assertThat(view.read(key(index), -1, coin, nextAction, found))
                .as("key %d is there", index)
                .isTrue();
        return found.value();
    }

    private boolean isThere(int index) {
        return view.read(key(index), -1, 0, 0, found);
    }

    @Test
    void aKeyThatNobodyAddedIsAbsent() {
        add(1, ONLY, 7);
        assertThat(isThere(2)).isFalse();
        assertThat(view.slotOf(key(2))).isNegative();
        assertThat(view.size()).isOne();
    }

    /** Short keys stand in the table, of long ones only a hash. */
    @Test
    void keysOfAllLengthsLiveSideBySide() {
        List<StateKey> keys = new ArrayList<>();
        for (int length = 1; length <= 60; length++) {
            for (int i = 0; i < 30; i++) {
                keys.add(StateKey.of("p", "s".repeat(length) + i));
            }
        }
        for (int i = 0; i < keys.size(); i++) {
            var unused = view.add(keys.get(i), 0, ONLY, new double[] {i}, 1);
        }
        for (int i = 0; i < keys.size(); i++) {
            StateKey another = StateKey.of("p", keys.get(i).state());
            assertThat(view.read(another, -1, 0, -1, found)).as("%s", another).isTrue();
            assertThat(found.value()).isEqualTo(i);
        }
        assertThat(view.read(StateKey.of("p", "s".repeat(14) + "t"), -1, 0, -1, found))
                .isFalse();
        List<StateKey> shown = new ArrayList<>();
        view.forEachKey(shown::add);
        assertThat(shown).containsExactlyInAnyOrderElementsOf(keys);
    }

    @Test
    void anOnlyNumberIsReadWhateverTheExperienceTossedAndDid() {
        add(1, ONLY, 7);
        assertThat(read(1, 0, -1)).isEqualTo(7);
        assertThat(read(1, 1, 5)).isEqualTo(7);
    }

    @Test
    void theCoinChoosesOneOfTwoNumbers() {
        add(1, BY_COIN, 7, 8);
        assertThat(read(1, 0, -1)).isEqualTo(7);
        assertThat(read(1, 1, -1)).isEqualTo(8);
    }

    @Test
    void theNextActionChoosesItsNumber() {
        add(1, BY_NEXT_ACTION, 7, 8, 9);
        assertThat(read(1, 0, 0)).isEqualTo(7);
        assertThat(read(1, 1, 2)).isEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource({"-1", "3", "32767", "2147483647"})
    void aNextActionThatTheRowLacksHasNoValueAndNeverTheNextRows(int nextAction) {
        add(1, BY_NEXT_ACTION, 7, 8, 9);
        add(2, BY_NEXT_ACTION, 10, 11, 12);
        assertThat(read(1, 0, nextAction)).isNaN();
    }

    @Test
    void whatIsWrittenIsReadAndNothingBeyondIt() {
        int slot = add(1, BY_NEXT_ACTION, 10, 11, 12);
        view.write(slot, new double[] {-1, -2, -3, 99}, 3);
        assertThat(read(1, 0, 0)).isEqualTo(-1);
        assertThat(read(1, 0, 2)).isEqualTo(-3);
        assertThat(read(1, 0, 3)).isNaN();
    }

    @Test
    void aRowTellsTheLowestBitsOfItsGeneration() {
        view.add(key(1), (5L << 40) + 3, ONLY, new double[] {7}, 1);
        read(1, 0, 0);
        assertThat(found.generation()).isEqualTo(3).isEqualTo(ViewPlace.shortGeneration((5L << 40) + 3));
    }

    /** Counts that divide a page of 65,536 numbers and counts that do not, up to a row that fills one alone. */
    @ParameterizedTest
    @CsvSource({
        "ONLY, 1",
        "BY_COIN, 2",
        "BY_NEXT_ACTION, 1",
        "BY_NEXT_ACTION, 2",
        "BY_NEXT_ACTION, 7",
        "BY_NEXT_ACTION, 1000",
        "BY_NEXT_ACTION, 40000",
        "BY_NEXT_ACTION, 65535"
    })
    void rowsKeepTheirNumbersAcrossPagesAndGrowth(BootstrapChoice choice, int count) {
        int rows = Math.min(20_000, 2_000_000 / count);
        for (int i = 0; i < rows; i++) {
            add(i, choice, numbers(count, i));
        }
        assertThat(view.size()).isEqualTo(rows);
        for (int i = 0; i < rows; i++) {
            assertThat(read(i, 0, 0)).isEqualTo(i);
            assertThat(read(i, 1, count - 1)).isEqualTo(i + count - 1.0);
        }
    }

    @Test
    void writingOneRowLeavesItsNeighboursAlone() {
        for (int i = 0; i < 3; i++) {
            add(i, BY_NEXT_ACTION, numbers(5, 10 * i));
        }
        view.write(view.slotOf(key(1)), numbers(5, -5), 5);
        assertThat(read(0, 0, 4)).isEqualTo(4);
        assertThat(read(1, 0, 4)).isEqualTo(-1);
        assertThat(read(2, 0, 0)).isEqualTo(20);
        assertThat(read(2, 0, 5)).isNaN();
    }

    @ParameterizedTest
    @EnumSource(BootstrapChoice.class)
    void aRemovedRowIsAbsentAndTheOthersStay(BootstrapChoice choice) {
        for (int i = 0; i < 300; i++) {
            add(i, choice, i, i);
        }
        for (int i = 0; i < 300; i += 2) {
            view.remove(key(i));
        }
        assertThat(view.size()).isEqualTo(150);
        for (int i = 0; i < 300; i++) {
            assertThat(isThere(i)).isEqualTo(i % 2 == 1);
            assertThat(view.slotOf(key(i)) >= 0).isEqualTo(i % 2 == 1);
            assertThat(i % 2 == 0 || read(i, 1, 1) == i).isTrue();
        }
    }

    @Test
    void removingARowThatIsNotThereChangesNothing() {
        add(1, ONLY, 7);
        view.remove(key(2));
        view.remove(key(1));
        view.remove(key(1));
        assertThat(view.size()).isZero();
        add(3, ONLY, 9);
        add(4, ONLY, 10);
        assertThat(read(3, 0, 0)).isEqualTo(9);
        assertThat(read(4, 0, 0)).isEqualTo(10);
    }

    @Test
    void aRowThatComesAgainMayHaveAnotherGenerationAndAnotherShape() {
        add(1, ONLY, 7);
        view.remove(key(1));
        view.add(key(1), 2, BY_COIN, new double[] {8, 9}, 2);
        assertThat(read(1, 1, -1)).isEqualTo(9);
        assertThat(found.generation()).isEqualTo(2);
        assertThat(view.size()).isOne();
    }

    /** A reader that looks twice must not take it for a row that never left: another key's number stood there meanwhile. */
    @Test
    void aRowThatComesBackToItsNumbersHasAnotherPlace() {
        long before = view.placeAt(add(1, BY_COIN, 7, 7));
        view.remove(key(1));
        add(2, BY_COIN, 8, 8);
        view.remove(key(2));
        long after = view.placeAt(add(1, BY_COIN, 7, 7));
        assertThat(ViewPlace.page(after)).isEqualTo(ViewPlace.page(before));
        assertThat(ViewPlace.offset(after)).isEqualTo(ViewPlace.offset(before));
        assertThat(after).isNotEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(BootstrapChoice.class)
    void aPositionStaysWithItsKeyWhileTheTableGrows(BootstrapChoice choice) {
        for (int index = 0; index < 5_000; index++) {
            int slot = add(index, choice, 7, 8);
            assertThat(view.position(slot)).isEqualTo(SuccessorView.NO_POSITION);
            view.setPosition(slot, Integer.MAX_VALUE - index);
        }
        for (int index = 0; index < 5_000; index++) {
            assertThat(view.position(view.slotOf(key(index)))).isEqualTo(Integer.MAX_VALUE - index);
            assertThat(read(index, 0, 0)).isEqualTo(7);
        }
    }

    @ParameterizedTest
    @CsvSource({"ONLY, ONLY", "ONLY, BY_COIN", "BY_COIN, ONLY", "BY_COIN, BY_NEXT_ACTION"})
    void aPositionStaysWithItsKeyWhenItsRowIsReplacedAndGoesWithTheRow(BootstrapChoice before, BootstrapChoice after) {
        view.setPosition(add(2, BY_COIN, 5, 6), 50);
        view.setPosition(add(1, before, 7, 7), 17);
        assertThat(view.position(add(1, after, 8, 8))).isEqualTo(17);
        view.setPosition(view.slotOf(key(1)), 0);
        assertThat(view.position(view.slotOf(key(1)))).isZero();
        assertThat(read(1, 0, 0)).isEqualTo(8);
        view.remove(key(1));
        assertThat(view.position(add(1, before, 9, 9))).isEqualTo(SuccessorView.NO_POSITION);
        assertThat(view.position(view.slotOf(key(2)))).isEqualTo(50);
    }

    @ParameterizedTest
    @EnumSource(BootstrapChoice.class)
    void aRowThatIsReplacedIsReadAsTheNewOne(BootstrapChoice before) {
        add(1, before, 7, 7);
        view.add(key(1), 1, ONLY, new double[] {8}, 1);
        assertThat(read(1, 0, 0)).isEqualTo(8);
        assertThat(found.generation()).isOne();
        assertThat(view.size()).isOne();
    }

    @Test
    void aPlaceTellsAllThatItIsMadeOf() {
        for (BootstrapChoice choice : BootstrapChoice.values()) {
            for (int stamp : new int[] {0, 4095, 4096, Integer.MAX_VALUE, -1}) {
                long place = ViewPlace.of(131_071, 65_535, 65_535, choice, stamp);
                assertThat(ViewPlace.isOfRow(place)).isTrue();
                assertThat(ViewPlace.page(place)).isEqualTo(131_071);
                assertThat(ViewPlace.offset(place)).isEqualTo(65_535);
                assertThat(ViewPlace.generation(place)).isEqualTo(65_535);
                assertThat(ViewPlace.choice(place)).isEqualTo(choice);
            }
        }
        assertThat(ViewPlace.isOfRow(ViewPlace.NONE)).isFalse();
        assertThat(ViewPlace.isOfRow(ViewPlace.REMOVED)).isFalse();
    }

    @Test
    void longKeysAreCountedForAsLongAsTheyTakeMemory() {
        StateKey longKey = StateKey.of("p", "s".repeat(98));
        add(0, ONLY, 7);
        assertThat(view.longKeyBytes()).isZero();
        for (int generation = 0; generation < 2; generation++) {
            var unused = view.add(longKey, generation, ONLY, new double[] {7}, 1);
        }
        assertThat(view.longKeyBytes()).isEqualTo(64 + 100);
        view.remove(longKey);
        assertThat(view.longKeyBytes()).as("until the table is rebuilt").isEqualTo(64 + 100);
        for (int i = 1; i < 1_000; i++) {
            add(i, ONLY, i);
        }
        assertThat(view.longKeyBytes()).isZero();
    }

    @Test
    void allKeysOfRowsAreShownAndNoOthers() {
        for (int i = 0; i < 2000; i++) {
            add(i, ONLY, i);
        }
        for (int i = 0; i < 2000; i += 2) {
            view.remove(key(i));
        }
        List<StateKey> shown = new ArrayList<>();
        view.forEachKey(shown::add);
        assertThat(shown)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 1000).mapToObj(i -> key(2 * i + 1)).toList());
    }

    @Test
    void ofAPolicyTheKeysAreShownThatAreItsOwn() {
        List<StateKey> own = new ArrayList<>();
        for (String state : new String[] {"", "s", "a state with a long name", "/", "ab/s"}) {
            own.add(StateKey.of("ab", state));
            for (String other : new String[] {"", "a", "abc", "b", "a policy with a long name"}) {
                var unused = view.add(StateKey.of(other, state), 0, ONLY, new double[] {7}, 1);
            }
        }
        for (StateKey key : own) {
            var unused = view.add(key, 0, ONLY, new double[] {8}, 1);
        }
        List<StateKey> shown = new ArrayList<>();
        view.forEachKey(KeyPrefix.ofPolicy("ab"), shown::add);
        assertThat(shown).containsExactlyInAnyOrderElementsOf(own);
    }

    /** Rows of three shapes come and go, never more than a hundred of each: their numbers stay on the first page. */
    @Test
    void removedRowsLeaveTheirRoomToOthers() {
        int rounds = 1_000_000;
        BootstrapChoice[] choices = BootstrapChoice.values();
        for (int i = 0; i < rounds; i++) {
            view.remove(key(i - 100));
            BootstrapChoice choice = choices[i % 3];
            double[] numbers = numbers(choice == ONLY ? 1 : 2, i);
            assertThat(ViewPlace.page(view.add(key(i), i, choice, numbers, numbers.length)))
                    .isZero();
        }
        assertThat(view.size()).isEqualTo(100);
        assertThat(read(rounds - 1, 0, 0)).isEqualTo(rounds - 1);
    }

    @Test
    void longKeysGoOnceMostOfTheRowsHaveGone() {
        for (int i = 0; i < 10; i++) {
            view.setPosition(add(i, i % 2 == 0 ? ONLY : BY_COIN, i, i), 100 + i);
        }
        for (int i = 0; i < 10_000; i++) {
            var unused = view.add(longKey(i), 0, ONLY, new double[] {i}, 1);
        }
        long before = view.longKeyBytes();
        for (int i = 0; i < 10_000; i++) {
            view.remove(longKey(i));
        }
        assertThat(view.longKeyBytes()).isLessThan(before / 100);
        for (int i = 0; i < 10; i++) {
            assertThat(read(i, 0, 0)).isEqualTo(i);
            assertThat(view.position(view.slotOf(key(i)))).isEqualTo(100 + i);
        }
    }

    private static StateKey longKey(int index) {
        return StateKey.of("p", "a state with a long name " + index);
    }

    /** As those of a policy do that gets more actions again and again. */
    @Test
    void rowsThatBecomeWiderTakeNoMorePagesThanTwiceTheirNumbersNeed() {
        int rows = 1_000;
        for (int actions = 10; actions <= 200; actions++) {
            int most = 2 + 2 * rows * (actions + 1) / ViewPlace.PAGE_NUMBERS;
            for (int i = 0; i < rows; i++) {
                int slot = add(i, BY_NEXT_ACTION, numbers(actions, i));
                assertThat(ViewPlace.page(view.placeAt(slot))).isLessThan(most);
                assertThat(view.position(slot)).isEqualTo(actions == 10 ? SuccessorView.NO_POSITION : i);
                view.setPosition(slot, i);
            }
        }
        for (int i = 0; i < rows; i++) {
            assertThat(read(i, 0, 0)).isEqualTo(i);
            assertThat(read(i, 0, 199)).isEqualTo(i + 199);
            assertThat(read(i, 0, 200)).isNaN();
            assertThat(view.position(view.slotOf(key(i)))).isEqualTo(i);
        }
    }

    @Test
    void pagesGoOnceMostOfTheirNumbersAreOfRowsThatHaveGone() {
        int rows = 20_000;
        for (int i = 0; i < rows; i++) {
            add(i, BY_NEXT_ACTION, numbers(20, i));
        }
        for (int i = 0; i < rows - 10; i++) {
            view.remove(key(i));
        }
        for (int i = rows - 10; i < rows; i++) {
            assertThat(ViewPlace.page(view.placeAt(view.slotOf(key(i))))).isZero();
            assertThat(read(i, 0, 19)).isEqualTo(i + 19);
        }
    }

    /** Or many would be gone through again and again as a few come and go. */
    @Test
    void rowsOfOneNumberAreNotGoneThroughForTheSakeOfAFewWideOnes() {
        for (int i = 0; i < 10_000; i++) {
            add(i, ONLY, i);
        }
        add(10_000, BY_NEXT_ACTION, numbers(9_000, 7));
        long place = view.placeAt(add(10_001, BY_COIN, 7, 8));
        view.remove(key(10_000));
        assertThat(view.placeAt(view.slotOf(key(10_001)))).isEqualTo(place);
    }

    /** The table keeps the slot of a removed key for a while, and not for ever. */
    @Test
    void removedKeysAreForgotten() {
        List<WeakReference<StateKey>> removed = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            StateKey key = key(i);
            view.add(key, 0, ONLY, new double[] {i}, 1);
            view.remove(key);
            if (i < 1000) {
                removed.add(new WeakReference<>(key));
            }
        }
        await().untilAsserted(() -> {
            System.gc();
            assertThat(removed).allMatch(reference -> reference.get() == null);
        });
    }

    /** Both the hint of a key that moved when the table grew and that of another key. */
    @Test
    void aSlotWhereAKeyWasFoundBeforeIsOnlyAHint() {
        SuccessorView growing = new SuccessorView();
        int count = 5_000;
        StateKey[] keys = new StateKey[count];
        int[] before = new int[count];
        for (int i = 0; i < count; i++) {
            keys[i] = StateKey.of("p", i % 2 == 0 ? "s" + i : "a state with a long name " + i);
            before[i] = growing.add(keys[i], 0, BootstrapChoice.ONLY, new double[] {i}, 1);
        }
        SuccessorView.Found into = new SuccessorView.Found();
        for (int i = 0; i < count; i++) {
            for (int hint : new int[] {before[i], before[(i + 1) % count], -1, Integer.MAX_VALUE}) {
                assertThat(growing.read(keys[i], hint, 0, -1, into)).isTrue();
                assertThat(into.value()).isEqualTo(i);
                assertThat(growing.slotOf(keys[i], hint)).isEqualTo(growing.slotOf(keys[i]));
            }
        }
        int slot = growing.slotOf(keys[0]);
        growing.remove(keys[0]);
        assertThat(growing.read(keys[0], slot, 0, -1, into)).isFalse();
        assertThat(growing.slotOf(keys[0], slot)).isNegative();
    }

    @Test
    void aTableGrowsAsFarAsAnArrayDoesAndThenSaysWhatToDo() {
        assertThat(ViewTable.capacityFor(0)).isEqualTo(8);
        assertThat(ViewTable.capacityFor(1_000)).isEqualTo(2_048);
        assertThat(ViewTable.capacityFor((1 << 27) - 1)).isEqualTo(1 << 28);
        assertThat(ViewTable.capacityFor(178_956_969)).isEqualTo(1 << 28);
        assertThatIllegalStateException()
                .isThrownBy(() -> ViewTable.capacityFor(178_956_970))
                .withMessage("a shard must have at most 178956970 rows, the most that its view in memory can hold:"
                        + " raise streamq.job.parallelism");
    }
}
