package io.streamq.job.learn;

import io.streamq.job.record.TransitionBatch;
import io.streamq.learning.BootstrapChoice;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The numbers of rows that have several, on pages. One thread writes, any number read: what a reader gets was another row's if its row's
 * place was taken back meanwhile, so it must look whether it was. A place that a row left goes to one of as many numbers. Pages are never
 * given back: once most of them is free, what is left is worth copying to another arena.
 */
final class NumberArena {
    private static final VarHandle NUMBER = MethodHandles.arrayElementVarHandle(double[].class);
    /** Free numbers that are not worth copying the others. */
    private static final int FEW_NUMBERS = 1 << 10;

    private volatile double[][] pages = new double[0][];

    // The writer's own.

    /** The first number of the last page that no row ever had. */
    private int nextNumber = ViewPlace.PAGE_NUMBERS;
    /** Places that rows left, by the count of their numbers. */
    private final Map<Integer, Places> freePlaces = new HashMap<>();

    private long usedNumbers;
    private long freeNumbers;

    /** A stack of places, without an object for each. */
    private static final class Places {
        private long[] places = new long[8];
        private int count;

        void push(long place) {
            if (count == places.length) {
                places = Arrays.copyOf(places, 2 * count);
            }
            places[count++] = place;
        }

        long pop() {
            return places[--count];
        }
    }

    /** The number of the row at a place that an experience wants. By any thread. */
    double number(long place, int coin, int nextAction) {
        double[] page = pages[ViewPlace.page(place)];
        int offset = ViewPlace.offset(place);
        BootstrapChoice choice = ViewPlace.choice(place);
        if (choice != BootstrapChoice.BY_NEXT_ACTION) {
            return (double) NUMBER.getOpaque(page, offset + choice.index(coin, nextAction));
        }
        // The count may be another row's number by now: it must not lead beyond the page.
        int room = ViewPlace.PAGE_NUMBERS - 1 - offset;
        boolean isAction = nextAction >= 0 && nextAction < Math.min(room, (double) NUMBER.getOpaque(page, offset));
        return isAction ? (double) NUMBER.getOpaque(page, offset + 1 + nextAction) : TransitionBatch.UNSEEN;
    }

    /** Loads the first number at a place. By any thread. */
    double prefetch(long place) {
        return pages[ViewPlace.page(place)][ViewPlace.offset(place)];
    }

    /**
     * Gives a row a place and writes its numbers there. By the writer.
     *
     * @param stamp as in {@link ViewPlace#of}
     */
    long add(long generation, BootstrapChoice choice, int stamp, double[] numbers, int count) {
        int header = headerNumbers(choice);
        long place = allocate(header + count, generation, choice, stamp);
        if (header > 0) {
            NUMBER.setOpaque(pages[ViewPlace.page(place)], ViewPlace.offset(place), (double) count);
        }
        write(place, numbers, count);
        return place;
    }

    /** Overwrites those numbers of a row that are others now: readers keep the rest in their caches. By the writer. */
    void write(long place, double[] numbers, int count) {
        double[] page = pages[ViewPlace.page(place)];
        int offset = ViewPlace.offset(place) + headerNumbers(ViewPlace.choice(place));
        for (int i = 0; i < count; i++) {
            if (Double.doubleToRawLongBits(page[offset + i]) != Double.doubleToRawLongBits(numbers[i])) {
                NUMBER.setOpaque(page, offset + i, numbers[i]);
            }
        }
    }

    /**
     * Gives a row of another arena a place with the same numbers. By the writer, before anybody reads this arena.
     *
     * @param place in the other arena
     */
    long copy(long place, NumberArena from) {
        int count = from.numbersAt(place);
        long copy = allocate(count, ViewPlace.generation(place), ViewPlace.choice(place), ViewPlace.stamp(place));
        System.arraycopy(
                from.pages[ViewPlace.page(place)],
                ViewPlace.offset(place),
                pages[ViewPlace.page(copy)],
                ViewPlace.offset(copy),
                count);
        return copy;
    }

    /** Lets the numbers of a place be written over that no key has any more. By the writer. */
    void free(long place) {
        // Whoever reads a number that is written from here on must see that its place was taken back.
        VarHandle.releaseFence();
        int count = numbersAt(place);
        freePlaces.computeIfAbsent(count, any -> new Places()).push(place);
        usedNumbers -= count;
        freeNumbers += count;
    }

    /**
     * Whether more numbers are free than used, and enough to be worth that a table of so many rows is gone through. By the writer.
     */
    boolean isMostlyFree(int rows) {
        return freeNumbers > Math.max(FEW_NUMBERS, Math.max(usedNumbers, rows));
    }

    private long allocate(int count, long generation, BootstrapChoice choice, int stamp) {
        usedNumbers += count;
        Places free = freePlaces.get(count);
        if (free != null && free.count > 0) {
            freeNumbers -= count;
            long place = free.pop();
            return ViewPlace.of(ViewPlace.page(place), ViewPlace.offset(place), generation, choice, stamp);
        }
        if (nextNumber + count > ViewPlace.PAGE_NUMBERS) {
            double[][] more = Arrays.copyOf(pages, pages.length + 1);
            more[pages.length] = new double[ViewPlace.PAGE_NUMBERS];
            pages = more;
            nextNumber = 0;
        }
        int offset = nextNumber;
        nextNumber += count;
        return ViewPlace.of(pages.length - 1, offset, generation, choice, stamp);
    }

    private int numbersAt(long place) {
        return switch (ViewPlace.choice(place)) {
            case ONLY -> 0;
            case BY_COIN -> 2;
            case BY_NEXT_ACTION -> 1 + (int) pages[ViewPlace.page(place)][ViewPlace.offset(place)];
        };
    }

    /** Rows of which any action may be wanted tell first how many they have, so that no reader runs into the next row. */
    private static int headerNumbers(BootstrapChoice choice) {
        return choice == BootstrapChoice.BY_NEXT_ACTION ? 1 : 0;
    }
}
