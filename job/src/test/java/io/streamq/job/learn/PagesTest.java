package io.streamq.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.record.RowPage;
import io.streamq.job.record.StateKey;
import io.streamq.learning.QRow;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What its pages are worth in a snapshot is {@link SnapshotHarnessTest}'s concern; here it is how often the backend is asked. */
class PagesTest {
    private final HeapValues state = new HeapValues();
    private final Pages pages = new Pages(state);
    private int number;
    private int touched;

    @BeforeEach
    void aPageIsThere() throws Exception {
        number = pages.add(page("s"));
    }

    private static RowPage page(String state) {
        return new RowPage(StateKey.of("p", state), QRow.untouched(1, 2, 0), 1);
    }

    private int timesAsked(int gets) throws Exception {
        int before = state.timesAsked;
        for (int i = 0; i < gets; i++) {
            pages.row(number, 0).touched(++touched);
        }
        state.pages.get(StateKey.of("p", "s")).forEach((key, row) -> assertThat(row.touchedAtMillis())
                .isEqualTo(touched));
        return state.timesAsked - before;
    }

    @Test
    void theBackendIsNotAskedForAPageThatItWasGiven() throws Exception {
        assertThat(timesAsked(3)).isZero();
    }

    @Test
    void theBackendIsAskedOnceWhileASnapshotIsWritten() throws Exception {
        pages.snapshotBegins(7);
        state.snapshot();
        assertThat(timesAsked(3)).isOne();
        pages.snapshotBegins(8);
        assertThat(timesAsked(3)).isOne();
    }

    @Test
    void theBackendIsNotAskedOnceAllSnapshotsHaveEnded() throws Exception {
        pages.snapshotBegins(7);
        pages.snapshotBegins(8);
        pages.snapshotEnded(8);
        assertThat(timesAsked(1)).isOne();
        pages.snapshotBegins(9);
        pages.snapshotEnded(7);
        pages.snapshotEnded(9);
        assertThat(timesAsked(3)).isZero();
    }

    @Test
    void theNumberOfAPageThatIsGoneIsGivenAgain() throws Exception {
        int second = pages.add(page("t"));
        QRow taken = pages.takeLast(number);
        assertThat(taken).isEqualTo(QRow.untouched(1, 2, 0));
        assertThat(pages.add(page("u"))).isEqualTo(number).isNotEqualTo(second);
    }
}
