package io.streamq.job.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.streamq.learning.QRow;
import java.io.IOException;
import java.util.HexFormat;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

/** Savepoints hold such bytes: later releases add formats and keep these. */
class RowPageSerializerTest {
    /** {@link Samples#pageOfWords()}: shape and length, keys, and of each row three words and its entries. */
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
    void aPageOfRowsThatAreOnlyWordsIsWrittenInFormat1() throws IOException {
        assertThat(write(Samples.pageOfWords())).isEqualTo(FORMAT_1);
        assertThat(read(FORMAT_1)).isEqualTo(Samples.pageOfWords());
    }

    @Test
    void aPageOfOtherRowsIsWrittenInFormat2() throws IOException {
        assertThat(write(Samples.page())).isEqualTo(FORMAT_2);
        assertThat(read(FORMAT_2)).isEqualTo(Samples.page());
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
    void aPageOfMoreRowsThanThisReleaseKnowsIsRefused() {
        assertThatIOException()
                .isThrownBy(() -> read("01" + "010221"))
                .withMessageStartingWith("a page has 1 to 32 rows of 2 actions in 1 table(s): got 33");
    }

    @Test
    void aFormatOfALaterReleaseIsRefusedWithASentence() {
        assertThatIOException()
                .isThrownBy(() -> read("03" + FORMAT_1.substring(2)))
                .withMessage(
                        "a page of rows must have format 1 or 2: got 3; was the snapshot written by a later release of"
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
}
