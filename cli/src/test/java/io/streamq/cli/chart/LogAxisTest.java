package io.streamq.cli.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogAxisTest {
    private static List<String> labels(LogAxis axis) {
        return IntStream.range(0, axis.ticks()).mapToObj(axis::label).toList();
    }

    @Test
    void ticksArePowersOfTenAndCoverTheNumbers() {
        assertThat(labels(LogAxis.covering(0.02, 300))).containsExactly("0.01", "0.1", "1", "10", "100", "1,000");
        assertThat(labels(LogAxis.covering(10, 1_000))).containsExactly("10", "100", "1,000");
    }

    @Test
    void everyPowerIsEquallyFarFromTheNext() {
        LogAxis axis = LogAxis.covering(1, 10_000);
        assertThat(axis.fraction(100)).isCloseTo(0.5, within(1e-12));
        assertThat(axis.fraction(10_000)).isOne();
    }

    @Test
    void zeroLiesAtTheLowEnd() {
        assertThat(LogAxis.covering(1, 10).fraction(0)).isZero();
        assertThat(LogAxis.covering(1, 10).fraction(-5)).isZero();
    }
}
