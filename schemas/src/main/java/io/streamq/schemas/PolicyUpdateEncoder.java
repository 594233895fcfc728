package io.streamq.schemas;

import java.util.Arrays;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/**
 * Encodes a {@link PolicyUpdate} from its fields, by position: the same bytes as {@link AvroCodec} without a record object, as the job
 * announces millions. Not thread-safe.
 */
@SuppressWarnings("EnumOrdinal") // indexes an array made from the same enum
public final class PolicyUpdateEncoder {
    private static final int HEADER_BYTES = 10;

    /** The index of each reason in the schema, which need not follow the order of the enum. */
    private final int[] symbolOf = new int[UpdateReason.values().length];

    private byte[] buffer = new byte[256];
    private int position;

    public PolicyUpdateEncoder() {
        long fingerprint = SchemaNormalization.parsingFingerprint64(PolicyUpdate.getClassSchema());
        buffer[0] = (byte) 0xC3;
        buffer[1] = 0x01;
        position = 2;
        writeLittleEndian(fingerprint);
        Schema reasons = PolicyUpdate.getClassSchema().getField("reason").schema();
        for (UpdateReason reason : UpdateReason.values()) {
            symbolOf[reason.ordinal()] = reasons.getEnumOrdinal(reason.name());
        }
    }

    /**
     * Encodes one update, for {@link #copyTo} to return.
     *
     * @param key {@code policyId/state} in UTF-8, as on the topic
     * @param qValues one per action; that of {@code action} becomes the value
     * @param visits one per action; their sum becomes the updates
     * @return its length in bytes
     */
    public int encode(
            byte[] key,
            int action,
            double[] qValues,
            long[] visits,
            long version,
            long epoch,
            UpdateReason reason,
            long updatedAtMillis) {
        position = HEADER_BYTES;
        int slash = indexOfSeparator(key);
        writeText(key, 0, slash);
        writeText(key, slash + 1, key.length);
        writeLong(action);
        writeDouble(qValues[action]);
        writeLong(qValues.length);
        for (double value : qValues) {
            writeDouble(value);
        }
        endArray(qValues.length);
        writeLong(visits.length);
        long updates = 0;
        for (long count : visits) {
            writeLong(count);
            updates += count;
        }
        endArray(visits.length);
        writeLong(updates);
        writeLong(version);
        writeLong(epoch);
        writeLong(symbolOf[reason.ordinal()]);
        writeLong(updatedAtMillis);
        return position;
    }

    /**
     * Copies the update encoded last.
     *
     * @param value an array of the length that {@code encode} returned
     */
    public void copyTo(byte[] value) {
        System.arraycopy(buffer, 0, value, 0, position);
    }

    private static int indexOfSeparator(byte[] key) {
        int at = 0;
        while (key[at] != PolicyKey.SEPARATOR) {
            at++;
        }
        return at;
    }

    /** An empty array is its own end marker. */
    private void endArray(int length) {
        if (length > 0) {
            writeLong(0);
        }
    }

    private void writeText(byte[] from, int start, int end) {
        writeLong(end - start);
        reserve(end - start);
        System.arraycopy(from, start, buffer, position, end - start);
        position += end - start;
    }

    private void writeDouble(double value) {
        writeLittleEndian(Double.doubleToRawLongBits(value));
    }

    private void writeLittleEndian(long value) {
        reserve(Long.BYTES);
        for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
            buffer[position++] = (byte) (value >>> shift);
        }
    }

    /** Zigzag varint, as Avro specifies it. */
    private void writeLong(long value) {
        reserve(10);
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7FL) != 0) {
            buffer[position++] = (byte) ((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        buffer[position++] = (byte) rest;
    }

    private void reserve(int count) {
        if (position + count > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, position + count));
        }
    }
}
