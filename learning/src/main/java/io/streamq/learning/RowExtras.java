package io.streamq.learning;

import org.jspecify.annotations.Nullable;

/** What few rows have beside their words: restricted actions, a past that somebody wants to know of. Owned by its row. */
final class RowExtras {
    /** Legal actions as in {@link ActionSet}; {@code null} as long as nobody restricted them: all. */
    long @Nullable [] legalActions;
    /** What only some policies want to know of the row's past; {@code null} as long as nobody noted any of it. */
    @Nullable
    RowHistory history;

    RowExtras copy() {
        RowExtras copy = new RowExtras();
        copy.legalActions = legalActions == null ? null : legalActions.clone();
        copy.history = history == null ? null : history.copy();
        return copy;
    }
}
