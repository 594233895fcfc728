package io.streamq.job.learn;

import static io.streamq.job.learn.RunningClock.MOST_AT_ONCE_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.api.common.typeutils.base.StringSerializer;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.DefaultOperatorStateBackendBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What rows grow old by. */
class RunningClockTest {
    private static final long START = 1_000_000;
    private static final long HOUR = 3_600_000;

    private OperatorStateStore store;

    @BeforeEach
    void nothingIsSaved() throws Exception {
        store = new DefaultOperatorStateBackendBuilder(
                        getClass().getClassLoader(), new ExecutionConfig(), false, List.of(), new CloseableRegistry())
                .build();
    }

    private RunningClock begun(long wallMillis) throws Exception {
        RunningClock clock = new RunningClock(store);
        clock.begin(wallMillis);
        return clock;
    }

    private BroadcastState<String, Long> saved() throws Exception {
        return store.getBroadcastState(
                new MapStateDescriptor<>("running-clock", StringSerializer.INSTANCE, LongSerializer.INSTANCE));
    }

    private ListState<Long> clocks() throws Exception {
        return store.getUnionListState(new ListStateDescriptor<>("running-clocks", LongSerializer.INSTANCE));
    }

    @Test
    void itBeginsWithTheWallClockAndGoesWithIt() throws Exception {
        RunningClock clock = begun(START);
        assertThat(clock.read(START)).isEqualTo(START);
        assertThat(clock.read(START + 100)).isEqualTo(START + 100);
        assertThat(clock.read(START + 100 + MOST_AT_ONCE_MILLIS)).isEqualTo(START + 100 + MOST_AT_ONCE_MILLIS);
    }

    @Test
    void aJumpOfTheWallClockCountsForNoMoreThanALittleAndOnce() throws Exception {
        RunningClock clock = begun(START);
        assertThat(clock.read(START + HOUR)).isEqualTo(START + MOST_AT_ONCE_MILLIS);
        assertThat(clock.read(START + HOUR + 100)).isEqualTo(START + MOST_AT_ONCE_MILLIS + 100);
    }

    @Test
    void itNeverGoesBackAndGoesOnAtOnceWhenTheWallClockWasSetBack() throws Exception {
        RunningClock clock = begun(START);
        assertThat(clock.read(START - HOUR)).isEqualTo(START);
        assertThat(clock.read(START - HOUR + 100)).isEqualTo(START + 100);
    }

    @Test
    void itGoesOnFromWhatASnapshotSays() throws Exception {
        RunningClock clock = begun(START);
        clock.read(START + 100);
        clock.save(START + 200);
        assertThat(begun(START + HOUR).read(START + HOUR + 1)).isEqualTo(START + 201);
    }

    @Test
    void itGoesOnFromTheClockThatIsFurthestBehind() throws Exception {
        clocks().addAll(List.of(START + 300, START, START + 200));
        assertThat(begun(START + HOUR).read(START + HOUR)).isEqualTo(START);
    }

    @Test
    void itGoesOnFromSnapshotsThatTellWhatOneClockShowed() throws Exception {
        saved().put("shown-millis", START);
        RunningClock clock = begun(START + HOUR);
        assertThat(clock.read(START + HOUR + 1)).isEqualTo(START + 1);
        clock.save(START + HOUR + 2);
        assertThat(saved().entries()).isEmpty();
        assertThat(clocks().get()).containsExactly(START + 2);
    }

    /** They tell the wall clock and for how long the job was down in all. */
    @Test
    void itGoesOnFromSnapshotsThatTellForHowLongTheJobWasDown() throws Exception {
        saved().put("saved-at-millis", START);
        saved().put("down-millis", 400L);
        RunningClock clock = begun(START + HOUR);
        assertThat(clock.read(START + HOUR + 1)).isEqualTo(START - 399);
        clock.save(START + HOUR + 2);
        assertThat(saved().entries()).isEmpty();
        assertThat(clocks().get()).containsExactly(START - 398);
    }
}
