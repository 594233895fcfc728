package io.streamq.job.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Packed records of one partition, as received, and a cursor over them: one object per record, on the way from Kafka's client to the
 * Q-table, would cost more than learning from it.
 *
 * <p>Mutable and not thread-safe. {@link #next} advances the cursor; accessors read the record under it.
 */
public final class SourceRecords {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    // Offsets of the fields in a record.
    private static final int OFFSET = 0;
    private static final int TIMESTAMP = 8;
    private static final int PARTITION = 16;
    private static final int KEY_BYTES = 20;
    private static final int VALUE_BYTES = 24;
    private static final int REST = 28;

    /** Length of an absent key or value, as opposed to an empty one. */
    private static final int ABSENT = -1;

    private static final byte[] NOTHING = {};

    private byte[] bytes = NOTHING;
    private int end;
    private int count;
    private int at;
    private int ahead;

    /** Appends a record, with fields as in {@link SourceRecord}. */
    public void add(int partition, long offset, long timestampMillis, byte @Nullable [] key, byte @Nullable [] value) {
        begin(
                partition,
                offset,
                timestampMillis,
                key == null ? ABSENT : key.length,
                value == null ? ABSENT : value.length);
        if (key != null) {
            System.arraycopy(key, 0, bytes, end, key.length);
            end += key.length;
        }
        if (value != null) {
            System.arraycopy(value, 0, bytes, end, value.length);
            end += value.length;
        }
    }

    /** The same with key and value in buffers. */
    public void add(
            int partition, long offset, long timestampMillis, @Nullable ByteBuffer key, @Nullable ByteBuffer value) {
        begin(
                partition,
                offset,
                timestampMillis,
                key == null ? ABSENT : key.remaining(),
                value == null ? ABSENT : value.remaining());
        append(key);
        append(value);
    }

    private void begin(int partition, long offset, long timestampMillis, int keyLength, int valueLength) {
        int length = REST + Math.max(0, keyLength) + Math.max(0, valueLength);
        if (end + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(end + length, bytes.length + bytes.length / 2));
        }
        LONG.set(bytes, end + OFFSET, offset);
        LONG.set(bytes, end + TIMESTAMP, timestampMillis);
        INT.set(bytes, end + PARTITION, partition);
        INT.set(bytes, end + KEY_BYTES, keyLength);
        INT.set(bytes, end + VALUE_BYTES, valueLength);
        end += REST;
        count++;
    }

    private void append(@Nullable ByteBuffer part) {
        if (part != null) {
            part.get(part.position(), bytes, end, part.remaining());
            end += part.remaining();
        }
    }

    /**
     * Removes all records, for reuse.
     *
     * @param keptBytes most capacity to keep: one huge record must not hold its memory forever
     */
    public void clear(int keptBytes) {
        if (bytes.length > keptBytes) {
            bytes = NOTHING;
        }
        end = 0;
        count = 0;
        rewind();
    }

    void fill(int newCount, byte[] newBytes, int newEnd) {
        bytes = newBytes;
        end = newEnd;
        count = newCount;
        rewind();
    }

    /** Number of records. */
    public int count() {
        return count;
    }

    /** Total length in bytes. */
    public int length() {
        return end;
    }

    /** What all positions point into. */
    public byte[] bytes() {
        return bytes;
    }

    /** Moves the cursor ahead of the first record. */
    public void rewind() {
        ahead = 0;
    }

    /** Advances; false at the end. */
    public boolean next() {
        if (ahead == end) {
            return false;
        }
        at = ahead;
        ahead = at + recordLength();
        return true;
    }

    public int partition() {
        return partition(bytes, at);
    }

    static int partition(byte[] bytes, int at) {
        return (int) INT.get(bytes, at + PARTITION);
    }

    public long offset() {
        return offset(bytes, at);
    }

    static long offset(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at + OFFSET);
    }

    /** Index of the value in {@link #bytes}. */
    public int valueStart() {
        return at + REST + Math.max(0, intAt(KEY_BYTES));
    }

    /** In bytes; negative for a tombstone. */
    public int valueLength() {
        return intAt(VALUE_BYTES);
    }

    /** A copy of this record. */
    public SourceRecord record() {
        return record(bytes, at);
    }

    /** Copies out the record at an index. */
    static SourceRecord record(byte[] bytes, int at) {
        int keyLength = (int) INT.get(bytes, at + KEY_BYTES);
        int valueLength = (int) INT.get(bytes, at + VALUE_BYTES);
        int keyStart = at + REST;
        int valueStart = keyStart + Math.max(0, keyLength);
        return new SourceRecord(
                partition(bytes, at),
                offset(bytes, at),
                timestampMillis(bytes, at),
                keyLength == ABSENT ? null : Arrays.copyOfRange(bytes, keyStart, keyStart + keyLength),
                valueLength == ABSENT ? null : Arrays.copyOfRange(bytes, valueStart, valueStart + valueLength));
    }

    /** Kafka's timestamp of the record at an index. */
    static long timestampMillis(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at + TIMESTAMP);
    }

    /** Changes the value length noted in the record at an index. */
    static void setValueLength(byte[] bytes, int at, int length) {
        INT.set(bytes, at + VALUE_BYTES, length);
    }

    /** Index of this record. */
    int start() {
        return at;
    }

    /** Its length in bytes. */
    int recordLength() {
        return recordLength(bytes, at);
    }

    /** Length in bytes of the record at an index. */
    static int recordLength(byte[] bytes, int at) {
        return REST
                + Math.max(0, (int) INT.get(bytes, at + KEY_BYTES))
                + Math.max(0, (int) INT.get(bytes, at + VALUE_BYTES));
    }

    private int intAt(int index) {
        return (int) INT.get(bytes, at + index);
    }
}
