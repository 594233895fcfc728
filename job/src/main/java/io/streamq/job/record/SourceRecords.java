package io.streamq.job.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Records of one partition as they were received, packed one behind the other, and the cursor that reads them: on the way from Kafka's
 * client to the Q-table, objects of their own would cost more than learning from them.
 *
 * <p>Mutable, and owned by one thread. {@link #next} goes from one record to the next, and all that is asked for is of the one where it
 * stands.
 */
public final class SourceRecords {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    // Where everything stands from the beginning of a record.
    private static final int OFFSET = 0;
    private static final int TIMESTAMP = 8;
    private static final int PARTITION = 16;
    private static final int KEY_BYTES = 20;
    private static final int VALUE_BYTES = 24;
    private static final int REST = 28;

    /** A length that stands for nothing at all, where no bytes are something. */
    private static final int ABSENT = -1;

    private static final byte[] NOTHING = {};

    private byte[] bytes = NOTHING;
    private int end;
    private int count;
    private int at;
    private int ahead;

    /** Adds a record, as in {@link SourceRecord}. */
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

    /** The same, of keys and values that stand elsewhere. */
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
     * Takes all out, to be filled again.
     *
     * @param keptBytes what it may keep of its room: one huge record must not take its own for good
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

    /** How many records there are. */
    public int count() {
        return count;
    }

    /** How many bytes they take. */
    public int length() {
        return end;
    }

    /** What all positions point into. */
    public byte[] bytes() {
        return bytes;
    }

    /** Goes back to where {@link #next} leads to the first record. */
    public void rewind() {
        ahead = 0;
    }

    /** Goes to the next record, if there is one. */
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

    /** Where the value stands in {@link #bytes}. */
    public int valueStart() {
        return at + REST + Math.max(0, intAt(KEY_BYTES));
    }

    /** In bytes; negative for a tombstone. */
    public int valueLength() {
        return intAt(VALUE_BYTES);
    }

    /** The record by itself. */
    public SourceRecord record() {
        return record(bytes, at);
    }

    /** The record that stands at a place. */
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

    /** Kafka's timestamp of the record that stands at a place. */
    static long timestampMillis(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at + TIMESTAMP);
    }

    /** Says that the record that stands at a place has a value of another length. */
    static void setValueLength(byte[] bytes, int at, int length) {
        INT.set(bytes, at + VALUE_BYTES, length);
    }

    /** Where the record begins. */
    int start() {
        return at;
    }

    /** What the record takes. */
    int recordLength() {
        return recordLength(bytes, at);
    }

    /** What the record takes that stands at a place. */
    static int recordLength(byte[] bytes, int at) {
        return REST
                + Math.max(0, (int) INT.get(bytes, at + KEY_BYTES))
                + Math.max(0, (int) INT.get(bytes, at + VALUE_BYTES));
    }

    private int intAt(int index) {
        return (int) INT.get(bytes, at + index);
    }
}
