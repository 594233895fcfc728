package io.streamq.cli.curve;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.cli.curve.LearningCurve.Point;
import io.streamq.cli.curve.SeedRun.Sample;
import java.util.List;
import org.junit.jupiter.api.Test;

class LearningCurveTest {
    private static final List<Sample> ONE = List.of(new Sample(0, 1), new Sample(40, 3), new Sample(100, 5));
    private static final List<Sample> OTHER = List.of(new Sample(0, 1), new Sample(50, 1), new Sample(50, 9));

    @Test
    void aSeedIsWorthWhatItsLastSampleSaid() {
        assertThat(LearningCurve.of(List.of(ONE), 100, 4).points())
                .containsExactly(
                        new Point(0, 1, 0),
                        new Point(25, 1, 0),
                        new Point(50, 3, 0),
                        new Point(75, 3, 0),
                        new Point(100, 5, 0));
    }

    @Test
    void seedsAreAveragedPointByPoint() {
        assertThat(LearningCurve.of(List.of(ONE, OTHER), 100, 2).points())
                .containsExactly(new Point(0, 1, 0), new Point(50, 6, Math.sqrt(18)), new Point(100, 7, Math.sqrt(8)));
    }

    @Test
    void theTableEndsWithTheLastPoint() {
        LearningCurve curve = LearningCurve.of(List.of(ONE), 100, 25);
        assertThat(curve.thinnedTo(10)).hasSize(14).endsWith(curve.last());
    }
}
