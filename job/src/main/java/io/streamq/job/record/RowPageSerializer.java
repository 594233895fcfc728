package io.streamq.job.record;

import io.streamq.learning.QRow;
import io.streamq.learning.QRows;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Pages in snapshots of the heap backend. Each begins with its format, as the rows of {@link QRowSerializer} do: a new format adds a branch to
 * {@link #deserialize} and never changes an old one. Only the last is written; builds before the first release wrote the others.
 */
public final class RowPageSerializer extends RecordSerializer<RowPage> {
    public static final RowPageSerializer INSTANCE = new RowPageSerializer();

    /** Tables, actions, rows, length of the rest, keys; then the words of all rows as {@link QRows} describes them, counts as varints. */
    private static final byte FORMAT_WORDS = 1;
    /** The same up to the keys; then each row as {@link QRowSerializer} writes it. */
    private static final byte FORMAT_ROWS = 2;
    /** The same up to the length; then an early form of {@link PackedRows}. */
    private static final byte FORMAT_FIRST_PACKED = 3;
    /** Length of the rest; then as {@link PackedRows} describes it. One piece, as each read may be a system call. */
    private static final byte FORMAT_PACKED = 4;

    @Override
    public RowPage createInstance() {
        return new RowPage(StateKey.of("", ""), QRow.untouched(1, 1, 0), 1);
    }

    @Override
    public void serialize(RowPage page, DataOutputView target) throws IOException {
        PackedRows packed = PackedRows.of(page);
        target.writeByte(FORMAT_PACKED);
        writeVarLong(packed.length(), target);
        target.write(packed.bytes(), 0, packed.length());
    }

    @Override
    public RowPage deserialize(DataInputView source) throws IOException {
        byte format = source.readByte();
        if (format < FORMAT_WORDS || format > FORMAT_PACKED) {
            throw new IOException("a page of rows must have format 1 to 4: got " + format
                    + "; was the snapshot written by a later release of StreamQ?");
        }
        return format == FORMAT_PACKED ? PackedRows.unpack(readArray(source)) : readEarlier(format, source);
    }

    private static RowPage readEarlier(byte format, DataInputView source) throws IOException {
        int tables = readVarInt(source);
        int actions = readVarInt(source);
        int size = readVarInt(source);
        RowPage.requireSize(size, tables, actions);
        byte[] bytes = readArray(source);
        if (format == FORMAT_FIRST_PACKED) {
            return PackedRows.unpackFirst(bytes, tables, actions, size);
        }
        DataInputDeserializer buffer = new DataInputDeserializer(bytes);
        StateKey[] keys = new StateKey[size];
        for (int row = 0; row < size; row++) {
            keys[row] = StateKeySerializer.INSTANCE.deserialize(buffer);
        }
        QRows rows = format == FORMAT_ROWS
                ? readRows(tables, actions, size, buffer)
                : readAsWords(tables, actions, size, buffer);
        return RowPage.of(rows, keys);
    }

    private static byte[] readArray(DataInputView source) throws IOException {
        byte[] bytes = new byte[readVarInt(source)];
        source.readFully(bytes);
        return bytes;
    }

    private static QRows readAsWords(int tables, int actions, int size, DataInputView source) throws IOException {
        int stride = QRows.stride(tables, actions);
        double[] words = new double[size * stride];
        for (int row = 0; row < words.length; row += stride) {
            words[row] = Double.longBitsToDouble(readVarLong(source));
            words[row + 1] = Double.longBitsToDouble(source.readLong());
            words[row + 2] = Double.longBitsToDouble(source.readLong());
            for (int cell = row + QRows.CELLS; cell < row + stride; cell += 2) {
                words[cell] = Double.longBitsToDouble(source.readLong());
                words[cell + 1] = readVarLong(source);
            }
        }
        return QRows.of(tables, actions, size, words);
    }

    private static QRows readRows(int tables, int actions, int size, DataInputView source) throws IOException {
        QRows rows = new QRows(tables, actions, size);
        for (int row = 0; row < size; row++) {
            rows.add(QRowSerializer.INSTANCE.deserialize(source));
        }
        return rows;
    }

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public RowPage copy(RowPage from) {
        return from.copy();
    }

    @Override
    public TypeSerializerSnapshot<RowPage> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Read by name from snapshots: neither rename nor move. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<RowPage> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
