package io.streamq.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamq.cli.program.CommandFailure;
import org.junit.jupiter.api.Test;

class LapTest {
    @Test
    void theSpeedIsThatOfTheTimedPart() {
        assertThat(new Lap(3, 2_000_000_000L).perSecond()).isEqualTo(1.5);
    }

    @Test
    void aLapInWhichNothingWasSeenToBeLearntIsNoFigure() {
        for (Lap empty : new Lap[] {new Lap(0, 0), new Lap(0, 7), new Lap(7, 0)}) {
            assertThatThrownBy(empty::perSecond)
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("raise --experiences");
        }
    }
}
