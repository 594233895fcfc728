package io.streamq.learning;

import org.jspecify.annotations.Nullable;

/** What few rows have beside their words: restricted actions, a past that somebody wants to know of. Owned by its row. */
final class RowExtras {
    /** Object and header of the array. */
    private static final int OWN_BYTES = 40;

    /** Legal actions as in {@link ActionSet}; {@code null} as long as nobody restricted them: all. */
    long @Nullable [] legalActions;
    /** What only some policies want to know of the row's past; {@code null} as long as nobody noted any of it. */
    @Nullable
    RowHistory history;

    /** What it takes in memory, roughly. */
    int bytes() {
        return OWN_BYTES
                + (legalActions == null ? 0 : Long.BYTES * legalActions.length)
                + (history == null ? 0 : history.bytes());
    }

    RowExtras copy() {
        RowExtras copy = new RowExtras();
        copy.legalActions = legalActions == null ? null : legalActions.clone();
        copy.history = history == null ? null : history.copy();
        return copy;
    }
}
