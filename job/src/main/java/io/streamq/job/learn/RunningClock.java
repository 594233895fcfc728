package io.streamq.job.learn;

import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;

/**
 * The wall clock as long as the job runs: while nobody could touch a row, none grows old. It goes with the wall clock, but never back, and by
 * no more than a little between two readings. So it stands still while the job is down, its host is suspended, or the wall clock is corrected.
 * Kept in broadcast state, as shards may be others after a restart, and there all say nearly the same. Owned by LEARN's thread.
 */
final class RunningClock {
    private static final MapStateDescriptor<String, Long> STATE =
            new MapStateDescriptor<>("running-clock", StringSerializer.INSTANCE, LongSerializer.INSTANCE);

    /** What it showed; absent: nothing was saved, or the two below were. */
    private static final String SHOWN_MILLIS = "shown-millis";
    /** Of a snapshot that tells a wall clock and the time that the job was down: the wall clock; absent in all others. */
    private static final String SAVED_AT_MILLIS = "saved-at-millis";
    /** What it showed less than the wall clock then; absent where that is. */
    private static final String DOWN_MILLIS = "down-millis";

    /**
     * How far it goes at most between two readings. While times of rows are kept it is read ten times a second, so that only what held LEARN
     * up for longer does not count, whatever that was.
     */
    static final long MOST_AT_ONCE_MILLIS = 10_000;

    private final BroadcastState<String, Long> state;
    private long shownMillis;
    /** What the wall clock showed at the last reading. */
    private long lastWallMillis;

    RunningClock(OperatorStateStore store) throws Exception {
        state = store.getBroadcastState(STATE);
    }

    /** Goes on from a snapshot, or begins with the wall clock. To be called first. */
    void begin(long wallMillis) throws Exception {
        lastWallMillis = wallMillis;
        Long shown = state.get(SHOWN_MILLIS);
        Long savedAt = state.get(SAVED_AT_MILLIS);
        Long down = state.get(DOWN_MILLIS);
        if (shown != null) {
            shownMillis = shown;
        } else if (savedAt != null && down != null) {
            shownMillis = savedAt - down;
        } else {
            shownMillis = wallMillis;
        }
    }

    /** To be called before each snapshot. */
    void save(long wallMillis) throws Exception {
        state.put(SHOWN_MILLIS, read(wallMillis));
        state.remove(SAVED_AT_MILLIS);
        state.remove(DOWN_MILLIS);
    }

    /** What it shows now that the wall clock shows that; no less than before. */
    long read(long wallMillis) {
        shownMillis += Math.max(0, Math.min(wallMillis - lastWallMillis, MOST_AT_ONCE_MILLIS));
        lastWallMillis = wallMillis;
        return shownMillis;
    }
}
