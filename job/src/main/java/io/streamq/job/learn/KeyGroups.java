package io.streamq.job.learn;

import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.util.MathUtils;

/** The key groups of keys, as {@link KeyGroupRangeAssignment} assigns them: twice per experience, so without its division if possible. */
final class KeyGroups {
    private final int count;
    /** Of a power of two; otherwise 0. */
    private final int mask;

    /** @param count how many there are */
    KeyGroups(int count) {
        this.count = count;
        this.mask = Integer.bitCount(count) == 1 ? count - 1 : 0;
    }

    /** The key group of a key with this hash code. */
    int of(int keyHash) {
        int mixed = MathUtils.murmurHash(keyHash); // not negative
        return mask == 0 ? mixed % count : mixed & mask;
    }
}
