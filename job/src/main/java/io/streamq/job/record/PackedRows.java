package io.streamq.job.record;

import io.streamq.learning.QRows;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * The rows of a page, each word as its difference (XOR) from the same word of the row before: keys share a prefix, epochs are equal, values
 * share sign and exponent. The value of an entry that was tried is compared with the last tried one there, that of an untried entry with
 * the last untried one of any, as a policy has one initial value. A general compressor finds next to nothing in it.
 *
 * <p>Differences are written in pairs: one byte with both lengths, the first in its low half, then the significant bytes of each, lowest
 * first.
 *
 * <table>
 * <caption>Format</caption>
 * <tr><td>shape</td><td>varints: tables, actions, rows</td></tr>
 * <tr><td>short key</td><td>a pair: its first word, and its second with the bytes reversed, as its padding is lowest</td></tr>
 * <tr><td>long key</td><td>{@link #LONG_KEY}, then varints: how many bytes it shares with the previous long key, and how many follow</td></tr>
 * <tr><td>row, after all keys</td><td>pairs: words 0 and 1; word 2 and nothing; the value and the count of each entry</td></tr>
 * <tr><td>rest</td><td>nothing, or as {@link PackedExtras} describes it</td></tr>
 * </table>
 *
 * <p>Not thread-safe.
 */
final class PackedRows {
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** A pair never begins like this: a word has at most 8 bytes. */
    private static final int LONG_KEY = 0xFF;

    /** A word of no key: what the first key is compared with. */
    private static final long PADDING = -1;

    private static final int HALF_BITS = 4;
    private static final int HALF = (1 << HALF_BITS) - 1;
    private static final int MOST_BYTES_OF_PAIR = 1 + 2 * Long.BYTES;
    private static final int MOST_BYTES_OF_INT = 5;

    private byte[] bytes;
    private int at;

    private PackedRows(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Packs all rows of a page. */
    static PackedRows of(RowPage page) throws IOException {
        QRows rows = page.rows();
        PackedRows packed =
                new PackedRows(new byte[3 * MOST_BYTES_OF_INT + rows.size() * Long.BYTES * (rows.stride() + 2)]);
        packed.writeInt(rows.tables());
        packed.writeInt(rows.actions());
        packed.writeInt(rows.size());
        packed.writeKeys(page);
        packed.writeWords(rows);
        if (rows.hasExtras()) {
            packed.append(PackedExtras.of(rows));
        }
        return packed;
    }

    private void append(DataOutputSerializer part) {
        makeRoom(part.length());
        System.arraycopy(part.getSharedBuffer(), 0, bytes, at, part.length());
        at += part.length();
    }

    /** Unpacks a page. */
    static RowPage unpack(byte[] bytes) throws IOException {
        PackedRows packed = reading(bytes);
        int tables = packed.readInt();
        int actions = packed.readInt();
        int size = packed.readInt();
        RowPage.requireSize(size, tables, actions);
        RowPage page = packed.readPage(tables, actions, size, true);
        if (packed.at < bytes.length) {
            PackedExtras.unpack(new DataInputDeserializer(bytes, packed.at, bytes.length - packed.at), page.rows());
        }
        return page;
    }

    /** Unpacks what an earlier build packed: neither shape nor extras, and each value was compared with that of the row before. */
    static RowPage unpackFirst(byte[] bytes, int tables, int actions, int size) {
        return reading(bytes).readPage(tables, actions, size, false);
    }

    /** Each word is read as eight bytes and masked, so the last one needs room. */
    private static PackedRows reading(byte[] bytes) {
        return new PackedRows(Arrays.copyOf(bytes, bytes.length + Long.BYTES));
    }

    private RowPage readPage(int tables, int actions, int size, boolean untriedApart) {
        StateKey[] keys = readKeys(size);
        return RowPage.of(readWords(tables, actions, size, untriedApart), keys);
    }

    byte[] bytes() {
        return bytes;
    }

    int length() {
        return at;
    }

    private void writeKeys(RowPage page) {
        long first = PADDING;
        long second = PADDING;
        byte[] before = {};
        for (int row = 0; row < page.size(); row++) {
            StateKey longKey = page.longKey(row);
            if (longKey == null) {
                makeRoom(MOST_BYTES_OF_PAIR);
                writePair(page.firstWord(row) ^ first, Long.reverseBytes(page.secondWord(row) ^ second));
                first = page.firstWord(row);
                second = page.secondWord(row);
            } else {
                writeLongKey(longKey.bytes(), before);
                before = longKey.bytes();
            }
        }
    }

    private StateKey[] readKeys(int size) {
        StateKey[] keys = new StateKey[size];
        long first = PADDING;
        long second = PADDING;
        byte[] before = {};
        for (int row = 0; row < size; row++) {
            if ((bytes[at] & 0xFF) == LONG_KEY) {
                before = readLongKey(before);
                keys[row] = StateKey.owning(before);
            } else {
                first ^= readFirst();
                second ^= Long.reverseBytes(readSecond());
                keys[row] = StateKey.inline(first, second);
            }
        }
        return keys;
    }

    private void writeLongKey(byte[] key, byte[] before) {
        int mismatch = Arrays.mismatch(key, before);
        int shared = mismatch < 0 ? key.length : mismatch;
        int rest = key.length - shared;
        makeRoom(1 + 2 * MOST_BYTES_OF_INT + rest);
        bytes[at++] = (byte) LONG_KEY;
        writeInt(shared);
        writeInt(rest);
        System.arraycopy(key, shared, bytes, at, rest);
        at += rest;
    }

    private byte[] readLongKey(byte[] before) {
        at++;
        int shared = readInt();
        byte[] key = Arrays.copyOf(before, shared + readInt());
        System.arraycopy(bytes, at, key, shared, key.length - shared);
        at += key.length - shared;
        return key;
    }

    private void writeWords(QRows rows) {
        double[] words = rows.words();
        int stride = rows.stride();
        long[] before = new long[stride];
        long untried = 0;
        for (int from = 0; from < rows.size() * stride; from += stride) {
            makeRoom(MOST_BYTES_OF_PAIR * stride);
            writePair(difference(words[from], before, 0), difference(words[from + 1], before, 1));
            writePair(difference(words[from + 2], before, 2), 0);
            for (int cell = QRows.CELLS; cell < stride; cell += 2) {
                long count = (long) words[from + cell + 1];
                long value = Double.doubleToRawLongBits(words[from + cell]);
                if (count == 0) {
                    writePair(value ^ untried, before[cell + 1]);
                    untried = value;
                } else {
                    writePair(value ^ before[cell], count ^ before[cell + 1]);
                    before[cell] = value;
                }
                before[cell + 1] = count;
            }
        }
    }

    /** From the word of the row before, which it then is. */
    private static long difference(double word, long[] before, int index) {
        long bits = Double.doubleToRawLongBits(word);
        long difference = bits ^ before[index];
        before[index] = bits;
        return difference;
    }

    private QRows readWords(int tables, int actions, int size, boolean untriedApart) {
        int stride = QRows.stride(tables, actions);
        double[] words = new double[size * stride];
        long[] before = new long[stride];
        long untried = 0;
        for (int from = 0; from < words.length; from += stride) {
            words[from] = Double.longBitsToDouble(before[0] ^= readFirst());
            words[from + 1] = Double.longBitsToDouble(before[1] ^= readSecond());
            words[from + 2] = Double.longBitsToDouble(before[2] ^= readFirst());
            readSecond();
            for (int cell = QRows.CELLS; cell < stride; cell += 2) {
                long difference = readFirst();
                long count = before[cell + 1] ^= readSecond();
                if (count == 0 && untriedApart) {
                    untried ^= difference;
                    words[from + cell] = Double.longBitsToDouble(untried);
                } else {
                    words[from + cell] = Double.longBitsToDouble(before[cell] ^= difference);
                }
                words[from + cell + 1] = count;
            }
        }
        return QRows.of(tables, actions, size, words);
    }

    private void writePair(long first, long second) {
        int firstLength = lengthOf(first);
        int secondLength = lengthOf(second);
        bytes[at] = (byte) (firstLength | (secondLength << HALF_BITS));
        // All eight bytes at once: what follows overwrites the insignificant ones.
        WORD.set(bytes, at + 1, first);
        WORD.set(bytes, at + 1 + firstLength, second);
        at += 1 + firstLength + secondLength;
    }

    private static int lengthOf(long word) {
        return (Long.SIZE - Long.numberOfLeadingZeros(word) + Byte.SIZE - 1) / Byte.SIZE;
    }

    /** The first word of the pair; {@link #readSecond} comes next. */
    private long readFirst() {
        return wordAt(at + 1, bytes[at] & HALF);
    }

    /** The second word of the pair; moves past it. */
    private long readSecond() {
        int firstLength = bytes[at] & HALF;
        int secondLength = (bytes[at] >>> HALF_BITS) & HALF;
        long word = wordAt(at + 1 + firstLength, secondLength);
        at += 1 + firstLength + secondLength;
        return word;
    }

    private long wordAt(int index, int length) {
        long word = (long) WORD.get(bytes, index);
        return length == Long.BYTES ? word : word & ((1L << (Byte.SIZE * length)) - 1);
    }

    private void writeInt(int number) {
        int rest = number;
        for (; rest > 0x7F; rest >>>= 7) {
            bytes[at++] = (byte) (rest | 0x80);
        }
        bytes[at++] = (byte) rest;
    }

    private int readInt() {
        int number = 0;
        for (int shift = 0; ; shift += 7) {
            byte part = bytes[at++];
            number |= (part & 0x7F) << shift;
            if (part >= 0) {
                return number;
            }
        }
    }

    /** Makes room for so many bytes, and for the whole last word. */
    private void makeRoom(int length) {
        int needed = at + length + Long.BYTES;
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length + bytes.length / 2));
        }
    }
}
