package io.streamq.cli.curve;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.cli.curve.SeedRun.Sample;
import io.streamq.simulation.ExpectedReturn;
import io.streamq.simulation.GridWorld;
import io.streamq.simulation.World;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ValueTrackTest {
    private static final int INTERVALS = 20;
    private static final long LIMIT = 1_003;

    private final World grid = GridWorld.of(2, 3);

    @Test
    void whatIsKeptDrawsTheSameCurveAsAllThatWasNoted() {
        SplittableRandom random = new SplittableRandom(1);
        ValueTrack track = new ValueTrack(grid, LIMIT, INTERVALS);
        List<Sample> all = new ArrayList<>();
        for (long experiences = 0; experiences <= LIMIT; experiences += random.nextInt(0, 9)) {
            int[] actions = random.ints(6, -1, 4).toArray();
            track.note(experiences, actions);
            all.add(new Sample(experiences, ExpectedReturn.of(grid, actions, 0, grid.discount())));
        }
        assertThat(all).hasSizeGreaterThan(10 * INTERVALS);
        assertThat(track.samples()).hasSizeLessThanOrEqualTo(INTERVALS + 2);
        assertThat(LearningCurve.of(List.of(track.samples()), LIMIT, INTERVALS))
                .isEqualTo(LearningCurve.of(List.of(all), LIMIT, INTERVALS));
    }

    @Test
    void aPolicyIsShownWithTheExperiencesAfterWhichItWasThere() {
        ValueTrack track = new ValueTrack(grid, LIMIT, INTERVALS);
        int[] unknown = {-1, -1, -1, -1, -1, -1};
        track.note(7, unknown);
        assertThat(track.shown()).isEqualTo(new Sample(7, ExpectedReturn.of(grid, unknown, 0, grid.discount())));
    }
}
