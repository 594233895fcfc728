package io.streamq.job.learn;

import io.streamq.job.record.KeyWords;
import io.streamq.job.record.StateKey;
import io.streamq.learning.QRow;
import java.io.IOException;

/** Rows in keyed state, as objects that are changed in place. Confined to LEARN's thread. */
interface RowStore {
    /** Receives a row. */
    interface Visitor {
        void visit(StateKey key, QRow row) throws Exception;
    }

    /**
     * Visits all restored rows, whichever backend saved them, and takes them over. Call first.
     *
     * @param visitor adds each key to the view
     */
    void restore(Visitor visitor) throws Exception;

    /**
     * The row of a key, which must have one; valid until the next call, which may reuse the object.
     *
     * @param slot of the key in the view
     */
    QRow get(KeyWords key, int slot) throws IOException;

    /** Loads what updates need of the rows in the first {@code count} slots; a negative slot has no row. */
    void prefetch(int[] slots, int count);

    /**
     * Saves a row in place of the key's current one, if any.
     *
     * @param row invalid afterwards
     * @return the row as kept, as {@link #get} would
     */
    QRow put(StateKey key, int slot, QRow row) throws IOException;

    /** Saves what was changed in a key's row. */
    void changed(KeyWords key) throws IOException;

    void remove(StateKey key, int slot) throws IOException;

    /** Call before each snapshot, which takes what the state holds then, and reads it until it has ended. */
    void snapshotBegins(long checkpointId) throws IOException;

    /** A snapshot is written, or no longer wanted. */
    void snapshotEnded(long checkpointId);
}
