package io.streamq.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.record.StateKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@link KeyQueue}, whose times only move on, and {@link DueKeys}, whose times come as they will. */
class KeyOrdersTest {
    private static final StateKey A = StateKey.of("p", "a");
    private static final StateKey B = StateKey.of("p", "b");
    private static final StateKey C = StateKey.of("p", "c");

    private final KeyQueue queue = new KeyQueue();
    private final DueKeys due = new DueKeys();

    @Test
    void aKeyThatIsPutAgainGoesToTheEndOfTheQueue() {
        queue.put(A, 1);
        queue.put(B, 2);
        queue.put(A, 3);
        assertThat(queue.first()).isEqualTo(B);
        queue.remove(B);
        assertThat(queue.first()).isEqualTo(A);
        queue.remove(A);
        assertThat(queue.first()).isNull();
    }

    @Test
    void theFirstOfTheQueueIsToldOnlyWhenItsTimeHasCome() {
        queue.put(A, 5);
        assertThat(queue.firstUntil(4)).isNull();
        assertThat(queue.firstUntil(5)).isEqualTo(A);
        queue.remove(A);
        assertThat(queue.firstUntil(5)).isNull();
        assertThat(queue.first()).isNull();
    }

    @Test
    void aQueueIsRestoredInTheOrderOfTimes() {
        queue.put(C, 9);
        queue.restore(Map.of(A, 3L, B, 2L));
        assertThat(queue.first()).isEqualTo(B);
        queue.remove(B);
        assertThat(queue.first()).isEqualTo(A);
        queue.remove(A);
        assertThat(queue.first()).isNull();
    }

    @Test
    void timesInTheQueueThatAreTooLateAreSet() {
        queue.put(A, 3);
        queue.put(B, 8);
        queue.put(C, 9);
        queue.noneAfter(5);
        assertThat(queue.firstUntil(3)).isEqualTo(A);
        queue.remove(A);
        assertThat(queue.firstUntil(4)).isNull();
        assertThat(queue.firstUntil(5)).isEqualTo(B);
        queue.remove(B);
        assertThat(queue.firstUntil(5)).isEqualTo(C);
    }

    @Test
    void theQueueMovesOnByAsMuchThatItsLastTimeIsTheGivenOne() throws IOException {
        queue.put(A, 3);
        queue.put(B, 8);
        queue.moveOnTo(20);
        List<String> shown = new ArrayList<>();
        queue.forEachUntil(20, (key, millis) -> shown.add(key.state() + " at " + millis));
        assertThat(shown).containsExactly("a at 15", "b at 20");
    }

    @Test
    void theQueueIsShownUntilAGivenTime() throws IOException {
        queue.put(B, 3);
        queue.put(A, 8);
        queue.put(C, 9);
        List<StateKey> shown = new ArrayList<>();
        queue.forEachUntil(8, (key, millis) -> shown.add(key));
        assertThat(shown).containsExactly(B, A);
    }

    @Test
    void whatIsDueFirstIsToldFirstThoughItCameLater() {
        due.putIfAbsent(A, 5);
        due.putIfAbsent(B, 3);
        due.putIfAbsent(C, 3);
        assertThat(due.firstUntil(2)).isNull();
        assertThat(due.firstUntil(9)).isEqualTo(B);
        due.remove(B);
        assertThat(due.firstUntil(9)).isEqualTo(C);
        due.remove(C);
        assertThat(due.firstUntil(4)).isNull();
        assertThat(due.firstUntil(5)).isEqualTo(A);
    }

    @Test
    void aKeyIsDueWhenItWasFirstSaidToBe() {
        due.putIfAbsent(A, 5);
        due.putIfAbsent(A, 3);
        assertThat(due.firstUntil(4)).isNull();
        due.remove(A);
        due.putIfAbsent(A, 3);
        assertThat(due.firstUntil(4)).isEqualTo(A);
    }

    @Test
    void whatIsDueTooLateIsDueAtTheGivenTimeInTheSameOrder() {
        due.putIfAbsent(C, 9);
        due.putIfAbsent(B, 8);
        due.putIfAbsent(A, 3);
        due.noneAfter(5);
        assertThat(due.firstUntil(4)).isEqualTo(A);
        due.remove(A);
        assertThat(due.firstUntil(4)).isNull();
        assertThat(due.firstUntil(5)).isEqualTo(B);
        due.remove(B);
        assertThat(due.firstUntil(5)).isEqualTo(C);
        due.remove(C);
        assertThat(due.firstUntil(9)).isNull();
    }

    @Test
    void whatIsDueIsRestoredInsteadOfWhatWas() {
        due.putIfAbsent(A, 1);
        due.restore(Map.of(B, 7L, C, 6L));
        assertThat(due.firstUntil(9)).isEqualTo(C);
        due.remove(C);
        due.remove(B);
        assertThat(due.firstUntil(9)).isNull();
    }
}
