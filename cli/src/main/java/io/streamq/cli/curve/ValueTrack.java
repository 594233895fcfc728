package io.streamq.cli.curve;

import io.streamq.cli.curve.SeedRun.Sample;
import io.streamq.simulation.ExpectedReturn;
import io.streamq.simulation.World;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the policy of one seed was, and what it was worth: noted in no time while it is learnt, valued when there is time, as the
 * value of a large world takes seconds. Keeps one policy for each interval of the curve, the last one, and so at most {@code
 * intervals + 2} of them.
 */
final class ValueTrack {
    /** Values on display may take one part in so many of the time, or noting would come too late. */
    private static final int SHARE_OF_DISPLAY = 50;

    private final World world;
    private final long limit;
    private final int intervals;
    private final List<Note> notes = new ArrayList<>();
    private @Nullable Sample shown;
    private long shownAtNanos;
    private long shownInNanos;

    /** The greedy action of each state after so many experiences. */
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

    /** The first point of the curve at which a policy shows that was there after so many experiences. */
    private long point(long experiences) {
        return -Math.floorDiv(-experiences * intervals, limit);
    }

    /** The last policy that was valued, which is the last one noted where that is quick. At least one must be noted. */
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

    /** All that is kept, in the order in which it was noted. */
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

    /** What an agent can expect that acts on it, rewards discounted as the policy is learnt. */
    private double value(int[] actions) {
        return ExpectedReturn.of(world, actions, 0, world.discount());
    }
}
