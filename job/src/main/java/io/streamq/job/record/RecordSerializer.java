package io.streamq.job.record;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * Common base of the record serializers: no copies of immutable records, as most are, and varints. Stateless.
 *
 * @param <T> the record
 */
public abstract class RecordSerializer<T> extends TypeSerializerSingleton<T> {
    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public T copy(T from) {
        return from;
    }

    @Override
    public T copy(T from, T reuse) {
        return copy(from);
    }

    @Override
    public T deserialize(T reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public int getLength() {
        return -1;
    }

    /** A varint, low 7-bit group first: one byte below 128, ten bytes if negative. */
    protected static void writeVarLong(long value, DataOutputView target) throws IOException {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            target.writeByte((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        target.writeByte((int) rest);
    }

    protected static long readVarLong(DataInputView source) throws IOException {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte part = source.readByte();
            value |= (long) (part & 0x7F) << shift;
            if (part >= 0) {
                return value;
            }
        }
    }

    protected static int readVarInt(DataInputView source) throws IOException {
        return (int) readVarLong(source);
    }

    static void writeBytes(byte @Nullable [] bytes, DataOutputView target) throws IOException {
        writeVarLong(bytes == null ? 0 : bytes.length + 1, target);
        if (bytes != null) {
            target.write(bytes);
        }
    }

    static byte @Nullable [] readBytes(DataInputView source) throws IOException {
        int length = readVarInt(source) - 1;
        if (length < 0) {
            return null;
        }
        byte[] bytes = new byte[length];
        source.readFully(bytes);
        return bytes;
    }

    static void writeWords(long @Nullable [] words, DataOutputView target) throws IOException {
        writeVarLong(words == null ? 0 : words.length, target);
        if (words != null) {
            for (long word : words) {
                target.writeLong(word);
            }
        }
    }

    static long @Nullable [] readWords(DataInputView source) throws IOException {
        int length = readVarInt(source);
        if (length == 0) {
            return null;
        }
        long[] words = new long[length];
        for (int i = 0; i < length; i++) {
            words[i] = source.readLong();
        }
        return words;
    }
}
