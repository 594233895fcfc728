package io.streamq.job.learn;

import java.util.List;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;

/**
 * The wall clock as long as the job runs: while nobody could touch a row, none grows old. It goes with the wall clock, but never back, and by
 * no more than a little between two readings. So it stands still while the job is down, its host is suspended, or the wall clock is corrected.
 * Owned by LEARN's thread.
 *
 * <p>Whatever held up one shard only sets its clock behind. After a restart rows may be on other shards, so all go on from the clock that
 * is furthest behind: then a row may live longer than it should, by as much, and none less.
 */
final class RunningClock {
    /** What each shard's clock showed. */
    private static final ListStateDescriptor<Long> SHOWN_MILLIS =
            new ListStateDescriptor<>("running-clocks", LongSerializer.INSTANCE);

    /** What snapshots have of releases before, and no others. */
    private static final MapStateDescriptor<String, Long> BEFORE =
            new MapStateDescriptor<>("running-clock", StringSerializer.INSTANCE, LongSerializer.INSTANCE);
    /** What it showed; absent: the two below were saved, or nothing. */
    private static final String SHOWN_BEFORE_MILLIS = "shown-millis";
    /** What the wall clock showed. */
    private static final String SAVED_AT_MILLIS = "saved-at-millis";
    /** For how long the job was down by then. */
    private static final String DOWN_MILLIS = "down-millis";

    /**
     * How far it goes at most between two readings. While times of rows are kept it is read ten times a second, so that only what held LEARN
     * up for longer does not count, whatever that was.
     */
    static final long MOST_AT_ONCE_MILLIS = 10_000;

    private final ListState<Long> state;
    private final BroadcastState<String, Long> before;
    private long shownMillis;
    private long beganMillis;
    /** What the wall clock showed at the last reading. */
    private long lastWallMillis;

    RunningClock(OperatorStateStore store) throws Exception {
        state = store.getUnionListState(SHOWN_MILLIS);
        before = store.getBroadcastState(BEFORE);
    }

    /** Goes on from a snapshot, or begins with the wall clock. To be called first. */
    void begin(long wallMillis) throws Exception {
        lastWallMillis = wallMillis;
        shownMillis = Long.MAX_VALUE;
        for (long shown : state.get()) {
            shownMillis = Math.min(shownMillis, shown);
        }
        if (shownMillis == Long.MAX_VALUE) {
            shownMillis = shownBefore(wallMillis);
        }
        beganMillis = shownMillis;
    }

    /** What it showed when this attempt began. */
    long beganMillis() {
        return beganMillis;
    }

    private long shownBefore(long wallMillis) throws Exception {
        Long shown = before.get(SHOWN_BEFORE_MILLIS);
        Long savedAt = before.get(SAVED_AT_MILLIS);
        Long down = before.get(DOWN_MILLIS);
        if (shown != null) {
            return shown;
        }
        return savedAt != null && down != null ? savedAt - down : wallMillis;
    }

    /** To be called before each snapshot. */
    void save(long wallMillis) throws Exception {
        state.update(List.of(read(wallMillis)));
        before.clear();
    }

    /** What it shows now that the wall clock shows that; no less than before. */
    long read(long wallMillis) {
        shownMillis += Math.max(0, Math.min(wallMillis - lastWallMillis, MOST_AT_ONCE_MILLIS));
        lastWallMillis = wallMillis;
        return shownMillis;
    }
}
