package io.streamq.job.record;

import io.streamq.learning.GreedyChoice;
import io.streamq.learning.QRow;
import io.streamq.learning.RowHistory;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * Rows in snapshots and in RocksDB. Each row begins with its format, so that a later release reads what an earlier one wrote; a new format
 * adds a branch to {@link #deserialize} and never changes an old one.
 */
public final class QRowSerializer extends RecordSerializer<QRow> {
    public static final QRowSerializer INSTANCE = new QRowSerializer();

    /** Before release 0.1: neither the announced action nor a history. */
    private static final byte FORMAT_1 = 1;

    private static final byte FORMAT_2 = 2;

    @Override
    public QRow createInstance() {
        return QRow.untouched(1, 1, 0);
    }

    @Override
    public void serialize(QRow row, DataOutputView target) throws IOException {
        target.writeByte(FORMAT_2);
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
        writeVarLong(row.announcedAction() + 1, target);
        writeHistory(row.history(), target);
    }

    @Override
    public QRow deserialize(DataInputView source) throws IOException {
        byte format = source.readByte();
        if (format != FORMAT_1 && format != FORMAT_2) {
            throw new IOException("a row must have format 1 or 2: got " + format
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
        int announcedAction;
        RowHistory history;
        if (format == FORMAT_1) {
            // Format 1 announced every change of the greedy action at once.
            announcedAction = Double.isNaN(announcedValue) ? GreedyChoice.NONE : greedyAction;
            history = null;
        } else {
            announcedAction = readVarInt(source) - 1;
            history = readHistory(source);
        }
        return QRow.of(
                actions,
                values,
                visits,
                legalActions,
                greedyAction,
                version,
                epoch,
                announcedAction,
                announcedValue,
                history);
    }

    private static void writeHistory(@Nullable RowHistory history, DataOutputView target) throws IOException {
        target.writeBoolean(history != null);
        if (history != null) {
            writeVarLong(history.announcedAtMillis(), target);
            writeVarLong(history.touchedAtMillis(), target);
            writeWords(history.identities(), target);
        }
    }

    private static @Nullable RowHistory readHistory(DataInputView source) throws IOException {
        if (!source.readBoolean()) {
            return null;
        }
        long announcedAtMillis = readVarLong(source);
        long touchedAtMillis = readVarLong(source);
        long[] identities = readWords(source);
        return RowHistory.of(announcedAtMillis, touchedAtMillis, identities == null ? new long[0] : identities);
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
