package io.streamq.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void turnsAreSpacedEvenly() {
        Pace pace = new Pace(10, 0);
        assertThat(pace.nanosToWait(0)).isZero();
        assertThat(pace.nanosToWait(0)).isEqualTo(SECOND / 10);
        assertThat(pace.nanosToWait(SECOND / 10)).isEqualTo(SECOND / 10);
    }

    @Test
    void lostTimeIsMadeUpForUpToASecond() {
        Pace pace = new Pace(10, 0);
        int dueAtOnce = 0;
        while (pace.nanosToWait(60 * SECOND) == 0) {
            dueAtOnce++;
        }
        assertThat(dueAtOnce).isEqualTo(11);
    }

    @Test
    void unlimitedPaceNeverWaits() {
        Pace pace = new Pace(Double.POSITIVE_INFINITY, 0);
        assertThat(pace.nanosToWait(0)).isZero();
        assertThat(pace.nanosToWait(0)).isZero();
    }
}
