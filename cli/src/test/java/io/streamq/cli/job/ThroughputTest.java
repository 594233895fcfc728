package io.streamq.cli.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ThroughputTest {
    private final Throughput throughput = new Throughput();

    @Test
    void theRateIsThatOfTheGrowth() {
        assertThat(throughput.perSecond(0)).isZero();
        assertThat(throughput.perSecond(1_000_000)).isPositive();
    }

    @Test
    void aCountThatBeginsAnewHasNoRateBelowZero() {
        assertThat(throughput.perSecond(1_000_000)).isZero();
        assertThat(throughput.perSecond(10)).isZero();
        assertThat(throughput.perSecond(20)).isPositive();
    }
}
