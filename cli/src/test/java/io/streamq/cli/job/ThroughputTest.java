package io.streamq.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ThroughputTest {
    private long nanos;
    private final Throughput throughput = new Throughput(() -> nanos);

    private double perSecond(long count, long atSecond) {
        nanos = TimeUnit.SECONDS.toNanos(atSecond);
        return throughput.perSecond(count);
    }

    @Test
    void theRateIsThatOfTheGrowth() {
        assertThat(perSecond(500, 7)).isZero();
        assertThat(perSecond(2_500, 9)).isEqualTo(1_000);
    }

    @Test
    void theRateIsThatOfTheLastSecondsOnly() {
        assertThat(perSecond(0, 0)).isZero();
        assertThat(perSecond(9_000, 1)).isEqualTo(9_000);
        assertThat(perSecond(9_000, 3)).isEqualTo(3_000);
        assertThat(perSecond(9_300, 4)).isEqualTo(100);
    }

    @Test
    void aCountThatBeginsAnewHasNoRateBelowZero() {
        assertThat(perSecond(1_000_000, 0)).isZero();
        assertThat(perSecond(10, 1)).isZero();
        assertThat(perSecond(30, 2)).isEqualTo(20);
    }
}
