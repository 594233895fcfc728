package io.streamq.benchmarks.contest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void theMedianOfAnEvenNumberLiesBetweenTheTwoInTheMiddle() {
        assertThat(Figures.of(List.of(4.0, 1.0, 3.0, 10.0))).isEqualTo(new Figures(3.5, 1, 10));
    }
}
