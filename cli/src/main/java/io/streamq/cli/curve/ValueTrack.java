package io.streamq.cli.curve;

import io.streamq.cli.curve.SeedRun.Sample;
import io.streamq.simulation.ExpectedReturn;
import io.streamq.simulation.World;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One seed's policy over time, and its value: noting a policy is quick, valuing it can wait, as that takes seconds in a large
 * world. Keeps the last policy of each interval of the curve, and so at most {@code intervals + 2}.
 */
final class ValueTrack {
    /** Valuing for display may take at most this fraction (1/n) of the time, or notes would be late. */
    private static final int SHARE_OF_DISPLAY = 50;

    private final World world;
    private final long limit;
    private final int intervals;
    private final List<Note> notes = new ArrayList<>();
    private @Nullable Sample shown;
    private long shownAtNanos;
    private long shownInNanos;

    /** The greedy action of each state after some number of experiences. */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    private record Note(long experiences, int[] actions) {}

    /**
     * @param limit experiences of the seed
     * @param intervals of the curve, evenly spaced from 0 to the limit
     */
    ValueTrack(World world, long limit, int intervals) {
        this.world = world;
        this.limit = limit;
        this.intervals = intervals;
    }

    /**
     * Notes a policy.
     *
     * @param experiences no fewer than the last time
     * @param actions the greedy action of each state, or {@link ExpectedReturn#UNKNOWN}; kept as they are
     */
    void note(long experiences, int[] actions) {
        int last = notes.size() - 1;
        if (last >= 0 && point(notes.get(last).experiences) == point(experiences)) {
            notes.remove(last);
        }
        notes.add(new Note(experiences, actions));
    }

    /** The first point of the curve at or after a number of experiences. */
    private long point(long experiences) {
        return -Math.floorDiv(-experiences * intervals, limit);
    }

    /** The last policy valued, which is the last one noted if valuing is quick. At least one must be noted. */
    Sample shown() {
        long now = System.nanoTime();
        if (shown == null || now - shownAtNanos >= SHARE_OF_DISPLAY * shownInNanos) {
            Note last = notes.get(notes.size() - 1);
            shown = new Sample(last.experiences, value(last.actions));
            shownAtNanos = System.nanoTime();
            shownInNanos = shownAtNanos - now;
        }
        return shown;
    }

    /** All policies kept, in the order noted. */
    List<Sample> samples() {
        List<Sample> samples = new ArrayList<>();
        int[] valued = {};
        double value = Double.NaN;
        for (Note note : notes) {
            if (!Arrays.equals(valued, note.actions)) {
                valued = note.actions;
                value = value(valued);
            }
            samples.add(new Sample(note.experiences, value));
        }
        return samples;
    }

    /** The expected return of an agent that acts on it, with the discount the policy is learnt with. */
    private double value(int[] actions) {
        return ExpectedReturn.of(world, actions, 0, world.discount());
    }
}
