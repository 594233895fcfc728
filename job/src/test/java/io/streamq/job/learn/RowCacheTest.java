package io.streamq.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.learning.QRow;
import org.junit.jupiter.api.Test;

class RowCacheTest {
    private static final int CAPACITY = 1 << 12;

    private final RowCache cache = new RowCache(CAPACITY);
    private final QRow row = QRow.untouched(1, 2, 0);

    @Test
    void aRowIsRememberedWhateverIsSnapshotted() {
        cache.put(CAPACITY - 1, row);
        cache.snapshotBegins();
        assertThat(cache.get(CAPACITY - 1)).isSameAs(row);
        assertThat(cache.get(0)).isNull();
    }

    @Test
    void whatWasPutSinceTheLastSnapshotIsKnown() {
        cache.put(1, row);
        assertThat(cache.isSinceLastSnapshot(1)).isTrue();
        cache.snapshotBegins();
        assertThat(cache.isSinceLastSnapshot(1)).isFalse();
        cache.put(1, row);
        assertThat(cache.isSinceLastSnapshot(1)).isTrue();
        assertThat(cache.isSinceLastSnapshot(2)).isFalse();
    }

    @Test
    void aRowThatIsTakenAwayIsNotThere() {
        cache.put(1, row);
        cache.put(1, null);
        assertThat(cache.get(1)).isNull();
    }
}
