package io.streamq.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.simulation.GridWorld;
import io.streamq.simulation.Solution;
import io.streamq.simulation.ValueIteration;
import org.junit.jupiter.api.Test;

/** In a corridor of two steps to the right. */
class OptimumTrackTest {
    private static final int LEFT = 0;
    private static final int RIGHT = 2;
    private static final Solution SOLUTION =
            ValueIteration.solve(GridWorld.of(1, 3).mdp(), 0.9);

    private final OptimumTrack track = new OptimumTrack(SOLUTION, 100);

    @Test
    void itIsSettledSinceTheLastStateThatMattersCameRight() {
        track.observe(1, 0, RIGHT);
        track.observe(20, 1, RIGHT);
        track.observe(119, 1, RIGHT);
        assertThat(track.settledAt()).isEqualTo(OptimumTrack.NEVER);
        track.observe(120, 0, RIGHT);
        assertThat(track.settledAt()).isEqualTo(20);
    }

    @Test
    void aLapseBeforeTheDwellIsOverBeginsItAnew() {
        track.observe(1, 0, RIGHT);
        track.observe(2, 1, RIGHT);
        track.observe(50, 1, LEFT);
        track.observe(60, 1, RIGHT);
        track.observe(150, 0, RIGHT);
        assertThat(track.settledAt()).isEqualTo(OptimumTrack.NEVER);
        track.observe(160, 0, RIGHT);
        assertThat(track.settledAt()).isEqualTo(60);
    }

    @Test
    void aLapseAfterwardsDoesNotCount() {
        track.observe(1, 0, RIGHT);
        track.observe(2, 1, RIGHT);
        track.observe(102, 1, LEFT);
        assertThat(track.settledAt()).isEqualTo(2);
    }

    @Test
    void experiencesAreCountedAsTheRowsDo() {
        track.updated(Announced.row(0, 5, 0, 0, 0, 1, 0));
        track.updated(Announced.row(1, 7, 0, 0, 0, 1, 0));
        track.updated(Announced.row(1, 107, 0, 0, 0, 1, 0));
        assertThat(track.settledAt()).isEqualTo(12);
    }
}
