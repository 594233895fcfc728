package io.streamq.job.kafka;

/** Reusable arrays of exact length, for a caller that hands one out and has it back before it needs the next. Not thread-safe. */
final class ArraysByLength {
    /** Longer ones are rare and not kept. */
    private static final int MOST_BYTES_KEPT = 1024;

    private final byte[][] kept = new byte[MOST_BYTES_KEPT + 1][];

    /** The array of a length, as it was left. */
    byte[] ofLength(int length) {
        if (length > MOST_BYTES_KEPT) {
            return new byte[length];
        }
        byte[] array = kept[length];
        if (array == null) {
            array = new byte[length];
            kept[length] = array;
        }
        return array;
    }
}
