package io.streamq.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.streamq.simulation.GridWorld;
import io.streamq.simulation.Solution;
import io.streamq.simulation.ValueIteration;
import org.junit.jupiter.api.Test;

/** One step from the goal: every other action is worth -1.5. */
class ErrorTrackTest {
    private static final Solution SOLUTION =
            ValueIteration.solve(GridWorld.of(1, 2).mdp(), 0.5);

    private final ErrorTrack track = new ErrorTrack(SOLUTION, 100, 4);

    @Test
    void beforeAnythingIsAnnouncedTheErrorIsThatOfZero() {
        assertThat(track.errors()).hasSize(5).containsOnly(1.5);
    }

    @Test
    void eachReadingIsOfWhatWasAnnouncedUntilThen() {
        track.updated(Announced.row(0, 20, 0, -1.5, -1.5, -1, -1));
        track.updated(Announced.row(0, 60, 0, -1.5, -1.5, -1, -1.4));
        double[] errors = track.errors();
        assertThat(errors[0]).isEqualTo(1.5);
        assertThat(errors[1]).as("at 25").isCloseTo(0.5, within(1e-9));
        assertThat(errors[2]).as("at 50").isCloseTo(0.5, within(1e-9));
        assertThat(errors[3]).as("at 75").isCloseTo(0.1, within(1e-9));
        assertThat(errors[4]).as("in the end").isCloseTo(0.1, within(1e-9));
    }
}
