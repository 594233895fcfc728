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
 * A wall clock that runs only while the job does: while nobody could touch a row, none ages. It follows the wall clock, but never goes back
 * and advances only a little between two readings. So it stands still while the job is down, its host is suspended, or the wall clock is
 * corrected. Confined to LEARN's thread.
 *
 * <p>A delay of one shard only sets its clock behind. After a restart rows may be on other shards, so all go on from the clock furthest
 * behind: then a row may live longer than it should, by that much, and none less.
 */
final class RunningClock {
    /** The reading of each shard's clock. */
    private static final ListStateDescriptor<Long> SHOWN_MILLIS =
            new ListStateDescriptor<>("running-clocks", LongSerializer.INSTANCE);

    /** Only in snapshots of earlier releases. */
    private static final MapStateDescriptor<String, Long> BEFORE =
            new MapStateDescriptor<>("running-clock", StringSerializer.INSTANCE, LongSerializer.INSTANCE);
    /** Its reading; absent: the two below were saved, or nothing. */
    private static final String SHOWN_BEFORE_MILLIS = "shown-millis";
    /** The reading of the wall clock. */
    private static final String SAVED_AT_MILLIS = "saved-at-millis";
    /** How long the job had been down by then. */
    private static final String DOWN_MILLIS = "down-millis";

    /**
     * Most that it advances between two readings. While times of rows are kept it is read ten times a second, so that only longer delays of
     * LEARN are left out, whatever their cause.
     */
    static final long MOST_AT_ONCE_MILLIS = 10_000;

    private final ListState<Long> state;
    private final BroadcastState<String, Long> before;
    private long shownMillis;
    private long beganMillis;
    /** Wall clock at the last reading. */
    private long lastWallMillis;

    RunningClock(OperatorStateStore store) throws Exception {
        state = store.getUnionListState(SHOWN_MILLIS);
        before = store.getBroadcastState(BEFORE);
    }

    /** Continues from a snapshot, or begins with the wall clock. Call first. */
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

    /** Its reading when this attempt began. */
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

    /** Call before each snapshot. */
    void save(long wallMillis) throws Exception {
        state.update(List.of(read(wallMillis)));
        before.clear();
    }

    /** Its reading at this wall-clock time; no less than before. */
    long read(long wallMillis) {
        shownMillis += Math.max(0, Math.min(wallMillis - lastWallMillis, MOST_AT_ONCE_MILLIS));
        lastWallMillis = wallMillis;
        return shownMillis;
    }
}
