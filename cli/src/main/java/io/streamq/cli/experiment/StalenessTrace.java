package io.streamq.cli.experiment;

import io.streamq.agent.PolicyListener;
import io.streamq.agent.StatePolicy;
import io.streamq.job.options.StreamQOptions;
import io.streamq.schemas.Experience;
import io.streamq.schemas.LearningRateSchedule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many updates of a successor's row are missed between reading its value and using it, seen from outside the job.
 *
 * <p>The job is made to reveal what it read. There is one action, the learning rate is 1, and the reward of the i-th experience is
 * i: an update sets the value of its row to i + discount * V(s'). With a discount of 2^-24 its integer part says which experience
 * was applied last, its fraction which one had been applied last to the successor when it was read. Every update is announced, as
 * each moves the value. One subtask's announcements lie on the topic in the order of their updates, so for a successor on the same
 * shard the count is exact; across shards it is as exact as the millisecond that announcements carry.
 */
final class StalenessTrace implements PolicyListener {
    /** Beyond this a double runs out of bits. */
    static final int MAXIMUM_EXPERIENCES = 1 << 20;

    private static final double UNIT = 1 << 24;

    /** An announced update. */
    private record Update(String state, long experience, long experienceRead, Instant at) {}

    /** The position of an experience's update among those of its row, counted from 1. */
    private record Place(String state, long number) {}

    private final List<Update> updates = new ArrayList<>();

    /** The job's options, apart from its topics. */
    static Map<String, String> options() {
        return Map.of(
                StreamQOptions.ACTIONS.key(), "1",
                StreamQOptions.DISCOUNT.key(), "" + 1 / UNIT,
                StreamQOptions.LEARNING_RATE.key(), LearningRateSchedule.CONSTANT.name(),
                StreamQOptions.ALPHA.key(), "1",
                StreamQOptions.VALUE_TOLERANCE.key(), "0");
    }

    /**
     * The same step, changed so that the job reveals what it read.
     *
     * @param number counts the experiences from 1, up to {@value #MAXIMUM_EXPERIENCES}
     * @throws IllegalArgumentException if it is greater: it could not be read from the values any more
     */
    static Experience marked(Experience step, long number) {
        if (number > MAXIMUM_EXPERIENCES) {
            throw new IllegalArgumentException(
                    "at most " + MAXIMUM_EXPERIENCES + " experiences can be traced: got number " + number);
        }
        return Experience.newBuilder(step)
                .setAction(0)
                .setReward((double) number)
                .build();
    }

    @Override
    public synchronized void updated(StatePolicy row) {
        long experience = (long) Math.floor(row.value());
        long read = Math.round((row.value() - experience) * UNIT);
        updates.add(new Update(row.state(), experience, read, row.updatedAt()));
    }

    /** For each update that read a value, the updates of the successor's row that it missed, in ascending order. */
    synchronized long[] missed() {
        List<Update> ordered = new ArrayList<>(updates);
        // A stable sort: within a millisecond, and so within a subtask, the topic's order is kept.
        ordered.sort(Comparator.comparing(Update::at));
        Map<Long, Place> places = places(ordered);
        Map<String, Long> counts = new HashMap<>();
        long[] missed = new long[ordered.size()];
        int reads = 0;
        for (Update update : ordered) {
            Place read = places.get(update.experienceRead());
            if (read != null) {
                long now = counts.getOrDefault(read.state(), 0L);
                missed[reads++] = Math.max(0, now - read.number());
            }
            counts.merge(update.state(), 1L, Long::sum);
        }
        long[] found = Arrays.copyOf(missed, reads);
        Arrays.sort(found);
        return found;
    }

    private static Map<Long, Place> places(List<Update> ordered) {
        Map<Long, Place> places = new HashMap<>();
        Map<String, Long> counts = new HashMap<>();
        for (Update update : ordered) {
            places.put(update.experience(), new Place(update.state(), counts.merge(update.state(), 1L, Long::sum)));
        }
        return places;
    }
}
