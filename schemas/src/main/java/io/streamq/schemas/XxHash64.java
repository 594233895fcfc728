package io.streamq.schemas;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * XXH64 with seed 0 (Yann Collet, xxHash specification 0.1.1): a fast 64-bit hash, the same on every machine. Keys in snapshots are
 * partitioned by it, so it must never change.
 */
public final class XxHash64 {
    private static final long P1 = 0x9E3779B185EBCA87L;
    private static final long P2 = 0xC2B2AE3D27D4EB4FL;
    private static final long P3 = 0x165667B19E3779F9L;
    private static final long P4 = 0x85EBCA77C2B2AE63L;
    private static final long P5 = 0x27D4EB2F165667C5L;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private XxHash64() {}

    /** Hashes a whole array. */
    public static long hash(byte[] bytes) {
        return hash(bytes, 0, bytes.length);
    }

    /** Hashes {@code length} bytes from {@code start}. */
    @SuppressWarnings("ConstantOverflow") // the algorithm is arithmetic modulo 2^64
    public static long hash(byte[] bytes, int start, int length) {
        int at = start;
        int end = start + length;
        long hash;
        if (length >= 32) {
            long v1 = P1 + P2;
            long v2 = P2;
            long v3 = 0;
            long v4 = -P1;
            for (; at <= end - 32; at += 32) {
                v1 = round(v1, (long) LONGS.get(bytes, at));
                v2 = round(v2, (long) LONGS.get(bytes, at + 8));
                v3 = round(v3, (long) LONGS.get(bytes, at + 16));
                v4 = round(v4, (long) LONGS.get(bytes, at + 24));
            }
            hash = Long.rotateLeft(v1, 1) + Long.rotateLeft(v2, 7) + Long.rotateLeft(v3, 12) + Long.rotateLeft(v4, 18);
            hash = merge(merge(merge(merge(hash, v1), v2), v3), v4);
        } else {
            hash = P5;
        }
        hash += length;
        for (; at <= end - 8; at += 8) {
            hash = Long.rotateLeft(hash ^ round(0, (long) LONGS.get(bytes, at)), 27) * P1 + P4;
        }
        if (at <= end - 4) {
            hash = Long.rotateLeft(hash ^ (((int) INTS.get(bytes, at)) & 0xFFFFFFFFL) * P1, 23) * P2 + P3;
            at += 4;
        }
        for (; at < end; at++) {
            hash = Long.rotateLeft(hash ^ (bytes[at] & 0xFF) * P5, 11) * P1;
        }
        return avalanche(hash);
    }

    /** Hashes up to sixteen bytes held in two words, the first byte highest: equals {@link #hash(byte[])} of these bytes. */
    public static long hash(long first, long second, int length) {
        long hash = P5 + length;
        long rest = first;
        int left = length;
        for (; left >= 8; left -= 8) {
            hash = Long.rotateLeft(hash ^ round(0, Long.reverseBytes(rest)), 27) * P1 + P4;
            rest = second;
        }
        if (left >= 4) {
            int four = Integer.reverseBytes((int) (rest >>> 32));
            hash = Long.rotateLeft(hash ^ (four & 0xFFFFFFFFL) * P1, 23) * P2 + P3;
            rest <<= 32;
            left -= 4;
        }
        for (; left > 0; left--) {
            hash = Long.rotateLeft(hash ^ (rest >>> 56) * P5, 11) * P1;
            rest <<= 8;
        }
        return avalanche(hash);
    }

    private static long avalanche(long hash) {
        long mixed = (hash ^ (hash >>> 33)) * P2;
        mixed = (mixed ^ (mixed >>> 29)) * P3;
        return mixed ^ (mixed >>> 32);
    }

    private static long round(long accumulator, long input) {
        return Long.rotateLeft(accumulator + input * P2, 31) * P1;
    }

    private static long merge(long hash, long accumulator) {
        return (hash ^ round(0, accumulator)) * P1 + P4;
    }
}
