package io.streamq.job.record;

import io.streamq.learning.QRow;
import io.streamq.learning.QRows;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Pages in snapshots of the heap backend: format, tables, actions, rows, length of the rest, keys, rows. Each begins with its format, as
 * the rows of {@link QRowSerializer} do: a new format adds a branch to {@link #deserialize} and never changes an old one.
 */
public final class RowPageSerializer extends RecordSerializer<RowPage> {
    public static final RowPageSerializer INSTANCE = new RowPageSerializer();

    /** Keys, then the words of all rows as {@link QRows} describes them, counts as varints. Read only; builds before the first release wrote it. */
    private static final byte FORMAT_WORDS = 1;
    /** Keys, then each row as {@link QRowSerializer} writes it: for rows with extras. */
    private static final byte FORMAT_ROWS = 2;
    /** As {@link PackedRows} describes it. */
    private static final byte FORMAT_PACKED = 3;

    /** More than a page with few actions takes. */
    private static final int BUFFER_BYTES = 1 << 12;

    @Override
    public RowPage createInstance() {
        return new RowPage(StateKey.of("", ""), QRow.untouched(1, 1, 0), 1);
    }

    @Override
    public void serialize(RowPage page, DataOutputView target) throws IOException {
        QRows rows = page.rows();
        target.writeByte(rows.hasExtras() ? FORMAT_ROWS : FORMAT_PACKED);
        writeVarLong(rows.tables(), target);
        writeVarLong(rows.actions(), target);
        writeVarLong(rows.size(), target);
        // One call per number to the underlying stream costs more than the number.
        if (rows.hasExtras()) {
            DataOutputSerializer buffer = rowByRow(page);
            writeVarLong(buffer.length(), target);
            target.write(buffer.getSharedBuffer(), 0, buffer.length());
        } else {
            PackedRows packed = PackedRows.of(page);
            writeVarLong(packed.length(), target);
            target.write(packed.bytes(), 0, packed.length());
        }
    }

    private static DataOutputSerializer rowByRow(RowPage page) throws IOException {
        DataOutputSerializer buffer = new DataOutputSerializer(BUFFER_BYTES);
        for (int row = 0; row < page.size(); row++) {
            StateKeySerializer.INSTANCE.serialize(page.key(row), buffer);
        }
        QRow each = QRow.at(page.rows(), 0);
        for (int row = 0; row < page.size(); row++) {
            each.moveTo(row);
            QRowSerializer.INSTANCE.serialize(each, buffer);
        }
        return buffer;
    }

    @Override
    public RowPage deserialize(DataInputView source) throws IOException {
        byte format = source.readByte();
        if (format < FORMAT_WORDS || format > FORMAT_PACKED) {
            throw new IOException("a page of rows must have format 1 to 3: got " + format
                    + "; was the snapshot written by a later release of StreamQ?");
        }
        int tables = readVarInt(source);
        int actions = readVarInt(source);
        int size = readVarInt(source);
        if (size < 1 || size > RowPage.mostRows(tables, actions)) {
            throw new IOException("a page has 1 to " + RowPage.mostRows(tables, actions) + " rows of " + actions
                    + " actions in " + tables + " table(s): got " + size
                    + "; was the snapshot written by a later release of StreamQ?");
        }
        byte[] bytes = new byte[readVarInt(source)];
        source.readFully(bytes);
        if (format == FORMAT_PACKED) {
            return PackedRows.unpack(bytes, tables, actions, size);
        }
        DataInputDeserializer buffer = new DataInputDeserializer(bytes);
        StateKey[] keys = new StateKey[size];
        for (int row = 0; row < size; row++) {
            keys[row] = StateKeySerializer.INSTANCE.deserialize(buffer);
        }
        QRows rows = format == FORMAT_WORDS
                ? readAsWords(tables, actions, size, buffer)
                : readRows(tables, actions, size, buffer);
        return RowPage.of(rows, keys);
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
