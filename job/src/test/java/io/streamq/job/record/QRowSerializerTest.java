package io.streamq.job.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.streamq.learning.GreedyChoice;
import io.streamq.learning.QRow;
import java.io.IOException;
import java.util.HexFormat;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class QRowSerializerTest {
    /** {@link Samples#rowOfFormat1()} as release 0.1 wrote it. Savepoints hold such bytes: later releases add formats and keep this one. */
    private static final String FORMAT_1 = "0102020100000000000000020204e807bfe00000000000003ff8000000000000"
            + "01c000000000000000c8010000000000000000007e37e43c8800759c03";

    /** {@link Samples#row()}: as in format 1, then the announced action and a history. */
    private static final String FORMAT_2 = "02" + FORMAT_1.substring(2) + "01" + "01" + "80d095ffbc31" + "ac02" + "02"
            + "ffffffffffffffff" + "0000000000000007";

    private static QRow read(String hex) throws IOException {
        return QRowSerializer.INSTANCE.deserialize(
                new DataInputDeserializer(HexFormat.of().parseHex(hex)));
    }

    @Test
    void aRowOfFormat1IsStillRead() throws IOException {
        assertThat(read(FORMAT_1)).isEqualTo(Samples.rowOfFormat1());
    }

    @Test
    void aRowOfFormat1ThatWasNeverAnnouncedHasNoAnnouncedAction() throws IOException {
        String notYet = FORMAT_1.replace("04e807bfe0000000000000", "0000" + "7ff8000000000000");
        assertThat(read(notYet).announcedAction()).isEqualTo(GreedyChoice.NONE);
    }

    @Test
    void aRowOfFormat2IsRead() throws IOException {
        assertThat(read(FORMAT_2)).isEqualTo(Samples.row());
    }

    @Test
    void aRowIsWrittenInFormat2() throws IOException {
        DataOutputSerializer output = new DataOutputSerializer(64);
        QRowSerializer.INSTANCE.serialize(Samples.row(), output);
        assertThat(HexFormat.of().formatHex(output.getCopyOfBuffer())).isEqualTo(FORMAT_2);
    }

    @Test
    void aFormatOfALaterReleaseIsRefusedWithASentence() {
        assertThatIOException()
                .isThrownBy(() -> read("03" + FORMAT_1.substring(2)))
                .withMessage(
                        "a row must have format 1 or 2: got 3; was the snapshot written by a later release of StreamQ?");
    }

    @Test
    void aCopyOfARowIsItsOwn() {
        QRow row = Samples.row();
        QRow copy = QRowSerializer.INSTANCE.copy(row);
        row.announced(2000);
        assertThat(copy).isEqualTo(Samples.row()).isNotEqualTo(row);
    }
}
