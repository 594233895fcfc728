package io.streamq.job.record;

import io.streamq.learning.QRow;
import io.streamq.learning.QRows;
import io.streamq.learning.RowHistory;
import java.io.IOException;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.jspecify.annotations.Nullable;

/**
 * What rows of a page have beyond their words: restricted actions and a history. Most numbers are written as varints of their difference (XOR)
 * from the last such number: rows of a policy often have the same legal actions, and were touched at about the same time.
 *
 * <table>
 * <caption>Format of each row</caption>
 * <tr><td>legal actions</td><td>number of words, 0 if unrestricted; then each as its difference from the last one at its index</td></tr>
 * <tr><td>history</td><td>0 if it has none; otherwise 1 plus the number of identities, then when it was announced and touched, as differences;
 * identities as they are, being hashes</td></tr>
 * </table>
 *
 * <p>Not thread-safe.
 */
final class PackedExtras {
    /** Enough for a page of short ones. */
    private static final int BUFFER_BYTES = 1 << 9;

    private static final int NO_HISTORY = 0;

    private long[] legalBefore = {};
    private long announcedBefore;
    private long touchedBefore;

    private PackedExtras() {}

    /** Packs those of all rows. */
    static DataOutputSerializer of(QRows rows) throws IOException {
        DataOutputSerializer target = new DataOutputSerializer(BUFFER_BYTES);
        PackedExtras packed = new PackedExtras();
        QRow row = QRow.at(rows, 0);
        for (int index = 0; index < rows.size(); index++) {
            row.moveTo(index);
            packed.writeLegalActions(row.legalActions(), target);
            packed.writeHistory(row.history(), target);
        }
        return target;
    }

    /** Gives them back to the rows that they are of. */
    static void unpack(DataInputView source, QRows rows) throws IOException {
        PackedExtras packed = new PackedExtras();
        QRow row = QRow.at(rows, 0);
        for (int index = 0; index < rows.size(); index++) {
            row.moveTo(index);
            long[] legal = packed.readLegalActions(source);
            if (legal != null) {
                row.restrictTo(legal);
            }
            RowHistory history = packed.readHistory(source);
            if (history != null) {
                row.keepHistory(history);
            }
        }
    }

    private void writeLegalActions(long @Nullable [] legal, DataOutputSerializer target) throws IOException {
        int words = legal == null ? 0 : legal.length;
        RecordSerializer.writeVarLong(words, target);
        makeRoomForLegal(words);
        for (int i = 0; i < words; i++) {
            RecordSerializer.writeVarLong(legal[i] ^ legalBefore[i], target);
            legalBefore[i] = legal[i];
        }
    }

    private long @Nullable [] readLegalActions(DataInputView source) throws IOException {
        int words = RecordSerializer.readVarInt(source);
        makeRoomForLegal(words);
        for (int i = 0; i < words; i++) {
            legalBefore[i] ^= RecordSerializer.readVarLong(source);
        }
        return words == 0 ? null : Arrays.copyOf(legalBefore, words);
    }

    private void makeRoomForLegal(int words) {
        if (legalBefore.length < words) {
            legalBefore = Arrays.copyOf(legalBefore, words);
        }
    }

    private void writeHistory(@Nullable RowHistory history, DataOutputSerializer target) throws IOException {
        if (history == null) {
            RecordSerializer.writeVarLong(NO_HISTORY, target);
            return;
        }
        long[] identities = history.identities();
        RecordSerializer.writeVarLong(NO_HISTORY + 1L + identities.length, target);
        RecordSerializer.writeVarLong(history.announcedAtMillis() ^ announcedBefore, target);
        RecordSerializer.writeVarLong(history.touchedAtMillis() ^ touchedBefore, target);
        announcedBefore = history.announcedAtMillis();
        touchedBefore = history.touchedAtMillis();
        for (long identity : identities) {
            target.writeLong(identity);
        }
    }

    private @Nullable RowHistory readHistory(DataInputView source) throws IOException {
        int remembered = RecordSerializer.readVarInt(source) - NO_HISTORY - 1;
        if (remembered < 0) {
            return null;
        }
        announcedBefore ^= RecordSerializer.readVarLong(source);
        touchedBefore ^= RecordSerializer.readVarLong(source);
        long[] identities = new long[remembered];
        for (int i = 0; i < remembered; i++) {
            identities[i] = source.readLong();
        }
        return RowHistory.of(announcedBefore, touchedBefore, identities);
    }
}
