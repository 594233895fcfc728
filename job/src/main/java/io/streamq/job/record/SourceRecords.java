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
            int length = part.remaining();
            if (part.hasArray()) { // as of all that Kafka's client receives; saves the buffer's checks
                System.arraycopy(part.array(), part.arrayOffset() + part.position(), bytes, end, length);
            } else {
                part.get(part.position(), bytes, end, length);
            }
            end += length;
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
        ahead = at + REST + Math.max(0, keyLength()) + Math.max(0, valueLength());
        return true;
    }

    public int partition() {
        return intAt(PARTITION);
    }

    public long offset() {
        return longAt(OFFSET);
    }

    /** Kafka's timestamp. */
    public long timestampMillis() {
        return longAt(TIMESTAMP);
    }

    /** Index of the key in {@link #bytes}. */
    public int keyStart() {
        return at + REST;
    }

    /** In bytes; negative if there is none. */
    public int keyLength() {
        return intAt(KEY_BYTES);
    }

    /** Index of the value in {@link #bytes}. */
    public int valueStart() {
        return at + REST + Math.max(0, keyLength());
    }

    /** In bytes; negative for a tombstone. */
    public int valueLength() {
        return intAt(VALUE_BYTES);
    }

    /** A copy of this record. */
    public SourceRecord record() {
        return new SourceRecord(
                partition(),
                offset(),
                timestampMillis(),
                keyLength() == ABSENT ? null : copy(keyStart(), keyLength()),
                valueLength() == ABSENT ? null : copy(valueStart(), valueLength()));
    }

    private byte[] copy(int start, int length) {
        return Arrays.copyOfRange(bytes, start, start + length);
    }

    private int intAt(int index) {
        return (int) INT.get(bytes, at + index);
    }

    private long longAt(int index) {
        return (long) LONG.get(bytes, at + index);
    }
}
