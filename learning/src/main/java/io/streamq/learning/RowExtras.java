package io.streamq.learning;

import org.jspecify.annotations.Nullable;

/** What few rows have beyond their words: restricted actions and a history. Owned by its row. */
final class RowExtras {
    /** Object and array header. */
    private static final int OWN_BYTES = 40;

    /** As in {@link ActionSet}; {@code null} (all) until restricted. */
    long @Nullable [] legalActions;
    /** What only some policies keep of the row's past; {@code null} until something is recorded. */
    @Nullable
    RowHistory history;

    /** Rough heap size. */
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
