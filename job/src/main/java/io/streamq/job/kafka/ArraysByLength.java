package io.streamq.job.kafka;

/** Arrays to be filled again and again by whoever must hand out one of an exact length, and has it back by the next. Owned by one thread. */
final class ArraysByLength {
    /** Longer ones are seldom, and not kept. */
    private static final int MOST_BYTES_KEPT = 1024;

    private final byte[][] kept = new byte[MOST_BYTES_KEPT + 1][];

    /** The one of a length, as it was left. */
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
