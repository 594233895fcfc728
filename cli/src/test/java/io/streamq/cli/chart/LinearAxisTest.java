package io.streamq.cli.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LinearAxisTest {
    private static List<String> labels(LinearAxis axis) {
        return IntStream.range(0, axis.ticks()).mapToObj(axis::label).toList();
    }

    @Test
    void ticksAreRoundAndCoverTheNumbers() {
        assertThat(labels(LinearAxis.covering(0.003, 0.194, 5)))
                .containsExactly("0.00", "0.05", "0.10", "0.15", "0.20");
        assertThat(labels(LinearAxis.covering(-1234, -12, 5))).containsExactly("−1,500", "−1,000", "−500", "0");
        assertThat(labels(LinearAxis.covering(0, 1, 5))).containsExactly("0.0", "0.2", "0.4", "0.6", "0.8", "1.0");
        assertThat(labels(LinearAxis.covering(-0.3, 0.3, 5))).containsExactly("−0.4", "−0.2", "0.0", "0.2", "0.4");
    }

    @Test
    void anAxisThatEndsWhereItMustHasRoundTicksBelow() {
        assertThat(labels(LinearAxis.upTo(100_000, 5)))
                .containsExactly("0", "20,000", "40,000", "60,000", "80,000", "100,000");
        assertThat(labels(LinearAxis.upTo(70_000, 5))).containsExactly("0", "20,000", "40,000", "60,000");
        assertThat(LinearAxis.upTo(70_000, 5).fraction(70_000)).isOne();
    }

    @Test
    void equalNumbersStillHaveAnAxis() {
        LinearAxis axis = LinearAxis.covering(1, 1, 5);
        assertThat(axis.fraction(1)).isBetween(0.0, 1.0);
    }
}
