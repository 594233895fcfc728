package io.streamq.job.record;

import io.streamq.learning.QRow;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Rows in snapshots and in RocksDB. Each row begins with its format, so that a later release reads what an earlier one wrote; a
 * new format adds a branch to {@link #deserialize} and never changes an old one. */
public final class QRowSerializer extends RecordSerializer<QRow> {
    public static final QRowSerializer INSTANCE = new QRowSerializer();

    private static final byte FORMAT = 1;

    @Override
    public QRow createInstance() {
        return QRow.untouched(1, 1, 0);
    }

    @Override
    public void serialize(QRow row, DataOutputView target) throws IOException {
        target.writeByte(FORMAT);
        writeVarLong(row.actions(), target);
        writeVarLong(row.tables(), target);
        writeWords(row.legalActions(), target);
        writeVarLong(row.greedyAction() + 1, target);
        writeVarLong(row.version(), target);
        writeVarLong(row.epoch(), target);
        target.writeDouble(row.announcedValue());
        for (int table = 0; table < row.tables(); table++) {
            for (int action = 0; action < row.actions(); action++) {
                target.writeDouble(row.value(table, action));
                writeVarLong(row.visits(table, action), target);
            }
        }
    }

    @Override
    public QRow deserialize(DataInputView source) throws IOException {
        byte format = source.readByte();
        if (format != FORMAT) {
            throw new IOException("a row must have format " + FORMAT + ": got " + format
                    + "; was the snapshot written by a later release of StreamQ?");
        }
        int actions = readVarInt(source);
        int entries = actions * readVarInt(source);
        long[] legalActions = readWords(source);
        int greedyAction = readVarInt(source) - 1;
        long version = readVarLong(source);
        long epoch = readVarLong(source);
        double announcedValue = source.readDouble();
        double[] values = new double[entries];
        long[] visits = new long[entries];
        for (int entry = 0; entry < entries; entry++) {
            values[entry] = source.readDouble();
            visits[entry] = readVarLong(source);
        }
        return QRow.of(actions, values, visits, legalActions, greedyAction, version, epoch, announcedValue);
    }

    @Override
    public boolean isImmutableType() {
        return false;
    }

    @Override
    public QRow copy(QRow from) {
        return from.copy();
    }

    @Override
    public TypeSerializerSnapshot<QRow> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Read by name from snapshots: neither rename nor move. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<QRow> {
        public Snapshot() {
            super(() -> INSTANCE);
        }
    }
}
