package io.streamq.schemas;

import java.util.Arrays;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

/**
 * Encodes a {@link PolicyUpdate} from its fields, by position: the same bytes as {@link AvroCodec}, without a record in between,
 * for the job that announces by the million. Owned by one thread.
 */
@SuppressWarnings("EnumOrdinal") // indexes an array made from the same enum
public final class PolicyUpdateEncoder {
    private static final int HEADER_BYTES = 10;

    /** The number of each reason in the schema, which is not bound to the order of the enum. */
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
     * Encodes one update, for {@link #copyTo} to hand out.
     *
     * @param key {@code policyId/state} in UTF-8, as on the topic
     * @param qValues one per action; that of {@code action} becomes the value
     * @param visits one per action; their sum becomes the updates
     * @return how many bytes it has
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
     * Hands out the update that was encoded last.
     *
     * @param value a Kafka value, as long as {@code encode} said
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

    /** An empty array is its end already. */
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

    /** Zigzag, seven bits a byte, as Avro specifies it. */
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
