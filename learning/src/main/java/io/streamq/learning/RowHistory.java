package io.streamq.learning;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link QRow} keeps of its past for policies that need it: when it was last announced and touched, and which experiences it learnt
 * from lately. Mutable; owned by its row.
 *
 * <p>Takes 40 bytes, plus 16 + 8 per identity once one is remembered; room for identities doubles as needed.
 */
public final class RowHistory {
    private static final long[] EMPTY = {};
    private static final int INITIAL_ROOM = 4;
    /** Object and array header. */
    private static final int OWN_BYTES = 56;

    /** When the row was last announced, in milliseconds since 1970; 0 if not kept. */
    private long announcedAtMillis;
    /** When the row was last touched, in milliseconds on the caller's clock; 0 if not kept. */
    private long touchedAtMillis;
    /** Ring buffer of the remembered identities: {@link #remembered} entries, the oldest at {@link #oldest}. */
    private long[] identities = EMPTY;

    private int remembered;
    /** Nonzero only while the window is full. */
    private int oldest;

    RowHistory() {}

    /**
     * A history from its parts, as read from a snapshot.
     *
     * @param identities oldest first; the history keeps the array
     */
    public static RowHistory of(long announcedAtMillis, long touchedAtMillis, long[] identities) {
        RowHistory history = new RowHistory();
        history.announcedAtMillis = announcedAtMillis;
        history.touchedAtMillis = touchedAtMillis;
        history.identities = identities;
        history.remembered = identities.length;
        return history;
    }

    /** A deep copy. */
    RowHistory copy() {
        RowHistory copy = of(announcedAtMillis, touchedAtMillis, identities.clone());
        copy.remembered = remembered;
        copy.oldest = oldest;
        return copy;
    }

    /** Rough heap size. */
    int bytes() {
        return OWN_BYTES + Long.BYTES * identities.length;
    }

    public long announcedAtMillis() {
        return announcedAtMillis;
    }

    public long touchedAtMillis() {
        return touchedAtMillis;
    }

    /** A copy of the remembered identities, oldest first. */
    public long[] identities() {
        return latest(remembered);
    }

    void announced(long nowMillis) {
        announcedAtMillis = nowMillis;
    }

    void touched(long nowMillis) {
        touchedAtMillis = nowMillis;
    }

    boolean remembers(long identity) {
        for (int i = 0; i < remembered; i++) {
            if (identities[i] == identity) {
                return true;
            }
        }
        return false;
    }

    /** Remembers one more identity, keeping at most the last {@code window}. */
    void remember(long identity, int window) {
        if (remembered > window || (remembered < window && oldest > 0)) {
            identities = latest(Math.min(remembered, Math.max(window, 0)));
            remembered = identities.length;
            oldest = 0;
        }
        if (remembered < window) {
            append(identity, window);
        } else if (window > 0) {
            identities[oldest] = identity;
            oldest = (oldest + 1) % window;
        }
    }

    private void append(long identity, int window) {
        if (remembered == identities.length) {
            identities = Arrays.copyOf(identities, Math.min(window, Math.max(INITIAL_ROOM, 2 * remembered)));
        }
        identities[remembered++] = identity;
    }

    private long[] latest(int count) {
        long[] latest = new long[count];
        for (int i = 0; i < count; i++) {
            latest[i] = identities[(oldest + remembered - count + i) % remembered];
        }
        return latest;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RowHistory history
                && announcedAtMillis == history.announcedAtMillis
                && touchedAtMillis == history.touchedAtMillis
                && Arrays.equals(identities(), history.identities());
    }

    @Override
    public int hashCode() {
        return Long.hashCode(announcedAtMillis) + 31 * Long.hashCode(touchedAtMillis);
    }

    @Override
    public String toString() {
        return "RowHistory{announced at=" + announcedAtMillis + ", touched at=" + touchedAtMillis + ", remembers="
                + Arrays.toString(identities()) + '}';
    }
}
