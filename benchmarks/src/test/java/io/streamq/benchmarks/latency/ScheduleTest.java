package io.streamq.benchmarks.latency;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScheduleTest {
    /** 1000 a second from experience 100 on, the first ten of which warm up. */
    private final Schedule schedule = new Schedule(100, 5_000_000, 1_000, 110, 200);

    @Test
    void anExperienceIsIntendedAMillisecondAfterTheOneBefore() {
        assertThat(schedule.intendedNanos(100)).isEqualTo(5_000_000);
        assertThat(schedule.intendedNanos(101)).isEqualTo(6_000_000);
    }

    /** Whoever was held up sends all that is due, each with the time it was meant for. */
    @Test
    void afterAStallAllThatWasMissedIsDue() {
        assertThat(schedule.due(5_000_000)).isEqualTo(101);
        assertThat(schedule.due(5_000_000 + 50_000_000)).isEqualTo(151);
        assertThat(schedule.due(5_000_000 + 10_000_000_000L)).isEqualTo(200);
    }

    @Test
    void warmingUpIsNotMeasured() {
        assertThat(schedule.measures(109)).isFalse();
        assertThat(schedule.measures(110)).isTrue();
        assertThat(schedule.measures(200)).isFalse();
    }
}
