package io.streamq.job.learn;

import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;

/**
 * The wall clock, less the time for which the job was down: while nobody could touch a row, none grows old. Downtime is counted from the
 * last snapshot. Kept in broadcast state, as shards may be others after a restart, and there all say nearly the same. Owned by LEARN's
 * thread.
 */
final class RunningClock {
    private static final MapStateDescriptor<String, Long> STATE =
            new MapStateDescriptor<>("running-clock", StringSerializer.INSTANCE, LongSerializer.INSTANCE);

    private static final String SAVED_AT_MILLIS = "saved-at-millis";
    private static final String DOWN_MILLIS = "down-millis";

    private final BroadcastState<String, Long> state;
    private long downMillis;

    RunningClock(OperatorStateStore store) throws Exception {
        state = store.getBroadcastState(STATE);
    }

    /** Goes on from a snapshot, if there is one. To be called first. */
    void begin(long wallMillis) throws Exception {
        Long savedAtMillis = state.get(SAVED_AT_MILLIS);
        Long downBeforeMillis = state.get(DOWN_MILLIS);
        if (savedAtMillis != null && downBeforeMillis != null) {
            downMillis = downBeforeMillis + Math.max(0, wallMillis - savedAtMillis);
        }
    }

    /** To be called before each snapshot. */
    void save(long wallMillis) throws Exception {
        state.put(SAVED_AT_MILLIS, wallMillis);
        state.put(DOWN_MILLIS, downMillis);
    }

    /** What it shows when the wall clock shows that. */
    long at(long wallMillis) {
        return wallMillis - downMillis;
    }
}
