package io.streamq.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QRowsTest {
    private final QRows rows = new QRows(1, 2, 3);

    private static QRow row(double initialQ) {
        return QRow.untouched(1, 2, initialQ);
    }

    @BeforeEach
    void threeRowsStandSideBySide() {
        for (int i = 0; i < 3; i++) {
            rows.add(row(i));
        }
    }

    @Test
    void aRowIsReadWhereItStands() {
        QRow row = QRow.at(rows, 2);
        assertThat(row).isEqualTo(row(2));
        row.moveTo(0);
        assertThat(row).isEqualTo(row(0));
    }

    @Test
    void whatIsChangedInARowConcernsNoOther() {
        QRow changed = QRow.at(rows, 1);
        changed.apply(0, 1, 7);
        changed.chooseGreedy(0);
        changed.announced(5);
        changed.touched(9);
        changed.restrictTo(new long[] {2});

        assertThat(QRow.at(rows, 0)).isEqualTo(row(0));
        assertThat(QRow.at(rows, 1)).isEqualTo(changed).isNotEqualTo(row(1));
        assertThat(QRow.at(rows, 2)).isEqualTo(row(2));
    }

    @Test
    void aRowTakesThePlaceOfAnotherWithAllThatItHas() {
        QRow.at(rows, 0).touched(9);
        QRow given = row(5);
        given.restrictTo(new long[] {1});
        rows.set(0, given);
        assertThat(QRow.at(rows, 0)).isEqualTo(given);
        assertThat(QRow.at(rows, 0).touchedAtMillis()).isZero();
    }

    @Test
    void aRowThatComesAfterOneThatWasRemovedHasNoneOfItsPast() {
        QRow.at(rows, 2).touched(9);
        assertThat(rows.takeLast().touchedAtMillis()).isEqualTo(9);
        rows.add(row(4));
        assertThat(rows.size()).isEqualTo(3);
        assertThat(QRow.at(rows, 2)).isEqualTo(row(4));
    }

    @Test
    void aCopySharesNothing() {
        QRow row = QRow.at(rows, 1);
        row.touched(9);
        row.remember(1, 2);
        row.restrictTo(new long[] {3});
        QRows copy = rows.copy();
        assertThat(copy).isEqualTo(rows);
        row.touched(10);
        row.remember(2, 2);
        row.apply(0, 0, 1);
        assertThat(QRow.at(copy, 1).touchedAtMillis()).isEqualTo(9);
        assertThat(QRow.at(copy, 1).visits(0)).isZero();
        assertThat(QRow.at(copy, 1).remembers(2)).isFalse();
        assertThat(copy).isNotEqualTo(rows);
    }

    /** A snapshot holds these words: another order of them is another format. */
    @Test
    void theWordsOfARowAreThoseDescribed() {
        QRow row = QRow.of(2, new double[] {0.5, -2}, new long[] {3, 200}, null, 1, 4, 1000, 0, 0.25, null);
        rows.set(0, row);
        double[] words = rows.words();
        assertThat(rows.stride()).isEqualTo(7);
        assertThat(Double.doubleToRawLongBits(words[0])).isEqualTo(4 << 17 | 2);
        assertThat(Double.doubleToRawLongBits(words[1])).isEqualTo(1000 << 16);
        assertThat(words).startsWith(new double[] {words[0], words[1], 0.25, 0.5, 3, -2, 200});
        double[] exactly = Arrays.copyOf(words, rows.size() * rows.stride());
        assertThat(QRows.of(1, 2, 3, exactly)).isEqualTo(rows);
    }

    @Test
    void aRowWithoutRoomIsRefusedUntilThereIsSome() {
        assertThatIllegalStateException()
                .isThrownBy(() -> rows.add(row(3)))
                .withMessage("a row needs room: reserve it for more than 3");
        QRow.at(rows, 1).touched(9);
        rows.reserve(4);
        rows.add(row(3));
        assertThat(QRow.at(rows, 1).touchedAtMillis()).isEqualTo(9);
        assertThat(QRow.at(rows, 3)).isEqualTo(row(3));
    }

    @Test
    void rowsOfAnotherShapeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> rows.add(QRow.untouched(2, 2, 0)))
                .withMessage("rows side by side must have the same shape: actions=2 tables=1, got actions=2 tables=2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QRows.of(1, 2, 3, new double[20]))
                .withMessage("the rows must have rows * (3 + 2 * tables * actions) words: rows=3 tables=1 actions=2"
                        + " words=20");
    }
}
