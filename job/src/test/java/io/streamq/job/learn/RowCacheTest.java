package io.streamq.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.learning.QRow;
import org.junit.jupiter.api.Test;

class RowCacheTest {
    private static final int CAPACITY = 1 << 12;

    private final RowCache cache = new RowCache(CAPACITY);
    private final QRow row = QRow.untouched(1, 2, 0);

    @Test
    void aRowIsRememberedUntilTheNextSnapshot() {
        cache.put(CAPACITY - 1, row, 0);
        assertThat(cache.get(CAPACITY - 1, 0)).isSameAs(row);
        assertThat(cache.get(CAPACITY - 1, 1)).isNull();
    }

    @Test
    void rowsOfBeforeASnapshotAreNotBackWhenANeighbourIsPut() {
        cache.put(1, row, 0);
        cache.put(2, row, 1);
        assertThat(cache.get(1, 1)).isNull();
        assertThat(cache.get(2, 1)).isSameAs(row);
    }

    @Test
    void aRowThatIsTakenAwayIsNotThere() {
        cache.put(1, row, 3);
        cache.put(1, null, 3);
        assertThat(cache.get(1, 3)).isNull();
    }

    @Test
    void pagesDoNotDisturbEachOther() {
        cache.put(0, row, 1);
        cache.put(CAPACITY - 1, row, 2);
        assertThat(cache.get(0, 1)).isSameAs(row);
    }
}
