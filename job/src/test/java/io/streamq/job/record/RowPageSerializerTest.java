package io.streamq.job.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.streamq.learning.QRow;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Random;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** Savepoints hold such bytes: later releases add formats and keep these. */
class RowPageSerializerTest {
    /** {@link Samples#pageOfWords()} by earlier builds: shape and length, keys, and of each row three words and its entries. */
    private static final String FORMAT_1 = "01" + "010202" + "51" + "03702f73" + "03702f74"
            + ("00" + "0000000000000000" + "7ff8000000000000" + "3fe0000000000000" + "00" + "3fe0000000000000" + "00")
            + ("818020" + "0000000003e80001" + "c000000000000000" + "3ff8000000000000" + "01" + "c000000000000000"
                    + "c801");

    /** What both rows of {@link Samples#page()} have in common, but for what they were announced with and their history. */
    private static final String ROW = "0202020100000000000000020204e807bfe0000000000000"
            + "3ff800000000000001c000000000000000c8010000000000000000007e37e43c8800759c03";

    /** {@link Samples#page()}: shape and length, keys, and the rows as {@link QRowSerializerTest} has them. */
    private static final String FORMAT_2 = "02" + "020202" + "c201"
            + "0e6c616b652f6772c3b6c39f652f371b6c616b652f61207374617465206f662061206c6f6e67206e616d65"
            + (ROW + "010180d095ffbc31ac0202ffffffffffffffff0000000000000007")
            + (ROW + "0200");

    /** {@link Samples#pageOfWords()}: shape and length, keys, and rows as pairs of words; of the second key and row what differs. */
    private static final String FORMAT_3 = "03" + "010202" + "50"
            + ("08" + "00000000008cd08f") + ("06" + "000000000007")
            + ("00" + "08" + "000000000000f87f" + "08" + "000000000000e03f" + "08" + "000000000000e03f")
            + ("43" + "010008" + "0100e803" + "08" + "000000000000f8bf" + "17" + "00000000000018" + "01" + "18"
                    + "000000000000e0ff" + "c8");

    /** {@link Samples#pageOfWords()}: length, shape, keys, and rows: tried values differ from tried ones, untried from untried. */
    private static final String FORMAT_4 = "04" + "4c" + "010202"
            + ("08" + "00000000008cd08f") + ("06" + "000000000007")
            + ("00" + "08" + "000000000000f87f" + "08" + "000000000000e03f" + "00")
            + ("43" + "010008" + "0100e803" + "08" + "000000000000f8bf" + "18" + "000000000000f83f" + "01" + "18"
                    + "00000000000000c0" + "c8");

    /** {@link Samples#page()}: length, shape, keys, rows; of each row legal actions and history. */
    private static final String FORMAT_4_WITH_EXTRAS = "04" + "8501" + "020202"
            + ("68" + "3c8d98d09a949e93" + "493c609ad0c8")
            + ("ff001b" + "6c616b652f61207374617465206f662061206c6f6e67206e616d65")
            + ("43" + "020008" + "0000e803" + "08" + "000000000000e0bf" + "18" + "000000000000f83f" + "01" + "18"
                    + "00000000000000c0" + "c8" + "00" + "18" + "9c7500883ce4377e" + "03")
            + ("10" + "01" + "0000000000")
            + ("0102" + "03" + "80d095ffbc31" + "ac02" + "ffffffffffffffff" + "0000000000000007")
            + ("0100" + "00");

    private static RowPage read(String hex) throws IOException {
        return RowPageSerializer.INSTANCE.deserialize(
                new DataInputDeserializer(HexFormat.of().parseHex(hex)));
    }

    private static String write(RowPage page) throws IOException {
        DataOutputSerializer output = new DataOutputSerializer(64);
        RowPageSerializer.INSTANCE.serialize(page, output);
        return HexFormat.of().formatHex(output.getCopyOfBuffer());
    }

    @Test
    void aPageOfRowsThatAreOnlyWordsIsWrittenInFormat4() throws IOException {
        assertThat(write(Samples.pageOfWords())).isEqualTo(FORMAT_4);
        assertThat(read(FORMAT_4)).isEqualTo(Samples.pageOfWords());
    }

    @Test
    void aPageOfOtherRowsIsWrittenInFormat4WithTheirExtras() throws IOException {
        assertThat(write(Samples.page())).isEqualTo(FORMAT_4_WITH_EXTRAS);
        assertThat(read(FORMAT_4_WITH_EXTRAS)).isEqualTo(Samples.page());
    }

    @Test
    void pagesOfEarlierFormatsAreStillRead() throws IOException {
        assertThat(read(FORMAT_1)).isEqualTo(Samples.pageOfWords());
        assertThat(read(FORMAT_2)).isEqualTo(Samples.page());
        assertThat(read(FORMAT_3)).isEqualTo(Samples.pageOfWords());
    }

    @Test
    void keysOfAllLengthsAreReadBack() throws IOException {
        RowPage page = null;
        for (int length = 0; length <= 24; length++) {
            StateKey key = StateKey.of("p", "s".repeat(length) + (length % 3 == 0 ? "\u007f" : "\u00ff"));
            if (page == null) {
                page = new RowPage(key, QRow.untouched(1, 2, 0), 1);
            } else {
                page.add(key, QRow.untouched(1, 2, length));
            }
        }
        assertThat(read(write(page))).isEqualTo(page);
    }

    @Test
    void wordsOfAllLengthsAreReadBack() throws IOException {
        RowPage page = null;
        for (int bit = 0; bit < RowPage.MOST_ROWS; bit++) {
            double value = Double.longBitsToDouble(0xFFEF_FFFF_FFFF_FFFFL >>> (2 * bit));
            long version = bit == 0 ? 0 : 1L << bit;
            QRow row = QRow.of(
                    2,
                    new double[] {value, -value, bit % 3, -0.0},
                    new long[] {0, bit, 1L << bit, 1L << 52},
                    null,
                    bit % 2,
                    version,
                    1L << bit,
                    1,
                    value,
                    null);
            if (page == null) {
                page = new RowPage(StateKey.of("p", "s" + value), row, 1);
            } else {
                page.add(StateKey.of("p", "s" + bit), row);
            }
        }
        assertThat(read(write(page))).isEqualTo(page);
    }

    @Test
    void rowsThatAreAlikeTakeFewBytes() throws IOException {
        RowPage page = new RowPage(StateKey.of("bench", "s0000000"), learnt(0), 1);
        for (int row = 1; row < RowPage.MOST_ROWS; row++) {
            page.add(StateKey.of("bench", "s" + 7919 * row), learnt(row));
        }
        // 13 words and a key of 14 bytes; of those, 5 words are of random bits but for sign and exponent
        assertThat(write(page).length() / 2 / RowPage.MOST_ROWS).isLessThan(60);
    }

    @Test
    void anActionThatNobodyTriedTakesAByte() throws IOException {
        RowPage page = new RowPage(StateKey.of("bench", "s0000000"), tried(0), 1);
        for (int row = 1; row < RowPage.MOST_ROWS; row++) {
            page.add(StateKey.of("bench", "s" + 7919 * row), tried(row));
        }
        assertThat(read(write(page))).isEqualTo(page);
        // 7 pairs with the key's, which has some 6 bytes, a value of 8, its announced value of 8, its count, the greedy
        // action twice
        assertThat(write(page).length() / 2 / RowPage.MOST_ROWS).isLessThan(34);
    }

    /** One action of four, each time another. */
    private static QRow tried(int seed) {
        double[] values = {7, 7, 7, 7};
        long[] visits = new long[4];
        int action = seed % 4;
        values[action] = new Random(seed).nextDouble(10, 15);
        visits[action] = 1;
        return QRow.of(4, values, visits, null, action, 1, 1_764_500_000_000L, action, values[action], null);
    }

    @Test
    void extrasThatAreAlikeTakeFewBytes() throws IOException {
        RowPage page = new RowPage(StateKey.of("bench", "s0000000"), restricted(0), 1);
        for (int row = 1; row < RowPage.MOST_ROWS; row++) {
            page.add(StateKey.of("bench", "s" + 7919 * row), restricted(row));
        }
        RowPage words = new RowPage(StateKey.of("bench", "s0000000"), learnt(0), 1);
        for (int row = 1; row < RowPage.MOST_ROWS; row++) {
            words.add(StateKey.of("bench", "s" + 7919 * row), learnt(row));
        }
        assertThat(read(write(page))).isEqualTo(page);
        // legal actions, their number, no identity, never announced, touched within 2^14 ms
        assertThat((write(page).length() - write(words).length()) / 2 / RowPage.MOST_ROWS)
                .isLessThanOrEqualTo(6);
    }

    private static QRow restricted(int seed) {
        QRow row = learnt(seed);
        row.restrictTo(new long[] {0b1011});
        row.touched(1_764_500_001_000L + 300L * seed);
        return row;
    }

    @Test
    void extrasOfAllKindsAreReadBack() throws IOException {
        RowPage page = new RowPage(StateKey.of("p", "s"), QRow.untouched(1, 130, 0), 1);
        QRow restricted = QRow.untouched(1, 130, 0);
        restricted.restrictTo(new long[] {Long.MIN_VALUE, -1, 3});
        page.add(StateKey.of("p", "restricted"), restricted);
        QRow other = QRow.untouched(1, 130, 0);
        other.restrictTo(new long[] {7});
        page.add(StateKey.of("p", "restricted to fewer"), other);
        assertThat(read(write(page))).isEqualTo(page);

        RowPage pasts = new RowPage(StateKey.of("p", "s"), learnt(1), 1);
        QRow remembering = learnt(2);
        remembering.touched(1_764_500_000_000L);
        remembering.remember(-7, 2);
        remembering.remember(7, 2);
        remembering.remember(Long.MIN_VALUE, 2);
        pasts.add(StateKey.of("p", "remembering"), remembering);
        pasts.add(StateKey.of("p", "without"), learnt(3));
        QRow touched = learnt(4);
        touched.touched(1);
        pasts.add(StateKey.of("p", "touched long ago"), touched);
        assertThat(read(write(pasts))).isEqualTo(pasts);
    }

    private static QRow learnt(int seed) {
        double[] values = new Random(seed).doubles(4, 10, 15).toArray();
        return QRow.of(
                4, values, new long[] {90, 100, 110, 120}, null, 1, 3, 1_764_500_000_000L, 1, values[1] + 0.1, null);
    }

    @Test
    void aPageOfMoreRowsThanThisReleaseKnowsIsRefused() {
        assertThatIOException()
                .isThrownBy(() -> read("01" + "010221"))
                .withMessageStartingWith("a page has 1 to 32 rows of 2 actions in 1 table(s): got 33");
    }

    @Test
    void aFormatOfALaterReleaseIsRefusedWithASentence() {
        assertThatIOException()
                .isThrownBy(() -> read("05" + FORMAT_4.substring(2)))
                .withMessage(
                        "a page of rows must have format 1 to 4: got 5; was the snapshot written by a later release of"
                                + " StreamQ?");
    }

    @Test
    void aCopyOfAPageIsItsOwn() {
        RowPage page = Samples.page();
        RowPage copy = RowPageSerializer.INSTANCE.copy(page);
        QRow.at(page.rows(), 0).announced(2000);
        page.add(Samples.KEY, Samples.row());
        assertThat(copy).isEqualTo(Samples.page()).isNotEqualTo(page);
    }

    /** Keys are shared until one of the two changes them. */
    @Test
    void aCopyAndItsPageChangeKeysApart() {
        StateKey longKey = StateKey.of("lake", "another state of a long name");
        StateKey shortKey = StateKey.of("lake", "other");
        for (boolean ofCopy : new boolean[] {true, false}) {
            RowPage page = Samples.page();
            RowPage copy = RowPageSerializer.INSTANCE.copy(page);
            RowPage changed = ofCopy ? copy : page;
            RowPage other = ofCopy ? page : copy;

            changed.set(0, longKey, Samples.row());
            changed.set(1, shortKey, Samples.row());
            assertThat(changed.key(0)).isEqualTo(longKey);
            assertThat(changed.key(1)).isEqualTo(shortKey);
            assertThat(other).isEqualTo(Samples.page());
            other.takeLast();
            other.set(0, shortKey, Samples.row());
            assertThat(changed.key(0)).isEqualTo(longKey);
            assertThat(changed.key(1)).isEqualTo(shortKey);
        }
    }

    @Test
    void aPageWhoseLastRowIsTakenLeavesItsCopyAsItIs() {
        RowPage page = Samples.page();
        RowPage copy = RowPageSerializer.INSTANCE.copy(page);
        page.takeLast();
        page.add(Samples.KEY, Samples.row());
        assertThat(copy).isEqualTo(Samples.page());
    }
}
