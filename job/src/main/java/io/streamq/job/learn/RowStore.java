package io.streamq.job.learn;

import io.streamq.job.record.KeyWords;
import io.streamq.job.record.StateKey;
import io.streamq.learning.QRow;
import java.io.IOException;

/** Rows in keyed state, handed out as objects that are changed in place. Owned by LEARN's thread. */
interface RowStore {
    /** What to do with a row. */
    interface Visitor {
        void visit(StateKey key, QRow row) throws Exception;
    }

    /**
     * Shows all rows that were restored, by whichever backend they were saved, and takes them over. To be called first.
     *
     * @param visitor adds each key to the view
     */
    void restore(Visitor visitor) throws Exception;

    /**
     * The row of a key that has one, until the next call: then the object may be another row.
     *
     * @param slot of the key in the view
     */
    QRow get(KeyWords key, int slot) throws IOException;

    /** Loads what an update will want of the rows in the first so many slots; those of no row are negative. */
    void prefetch(int[] slots, int count);

    /**
     * Keeps another row than the key has, or one where there was none.
     *
     * @param row not to be used any more
     * @return the row that is kept, as {@link #get} would
     */
    QRow put(StateKey key, int slot, QRow row) throws IOException;

    /** Keeps what was changed in the row that the key has. */
    void changed(KeyWords key) throws IOException;

    void remove(StateKey key, int slot) throws IOException;

    /** To be called before each snapshot: it takes what the state holds then, and goes on reading it until it has ended. */
    void snapshotBegins(long checkpointId) throws IOException;

    /** A snapshot is written, or nobody wants it any more. */
    void snapshotEnded(long checkpointId);
}
