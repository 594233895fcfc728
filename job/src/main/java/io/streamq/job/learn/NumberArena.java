package io.streamq.job.learn;

import io.streamq.job.record.TransitionBatch;
import io.streamq.learning.BootstrapChoice;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The numbers of rows that have several, on pages. One thread writes, any number read; if a row's place was freed meanwhile, a reader gets
 * another row's number, so it must check. A freed place goes to a row with as many numbers. Pages are never freed: once most of them is
 * free space, the rest is worth copying to another arena.
 */
final class NumberArena {
    private static final VarHandle NUMBER = MethodHandles.arrayElementVarHandle(double[].class);
    /** Fewer free numbers are not worth copying the others. */
    private static final int FEW_NUMBERS = 1 << 10;

    private volatile double[][] pages = new double[0][];

    // Used only by the writer.

    /** First number of the last page that was never used. */
    private int nextNumber = ViewPlace.PAGE_NUMBERS;
    /** Freed places, by their count of numbers. */
    private final Map<Integer, Places> freePlaces = new HashMap<>();

    private long usedNumbers;
    private long freeNumbers;

    /** A stack of unboxed places. */
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

    /** The number that an experience needs of the row at a place. Any thread. */
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

    /** Whether no row ever had numbers here. Any thread. */
    boolean isEmpty() {
        return pages.length == 0;
    }

    /** Loads the first number at a place. Any thread. */
    double prefetch(long place) {
        return pages[ViewPlace.page(place)][ViewPlace.offset(place)];
    }

    /**
     * Allocates a place for a row and writes its numbers there. Writer only.
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

    /** Overwrites only changed numbers: readers keep the other cache lines. Writer only. */
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
     * Copies a row's numbers from another arena. Writer only, before anybody reads this arena.
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

    /** Frees a place that no key has any more. Writer only. */
    void free(long place) {
        // A reader of a number written from here on must see that its place was freed.
        VarHandle.releaseFence();
        int count = numbersAt(place);
        freePlaces.computeIfAbsent(count, any -> new Places()).push(place);
        usedNumbers -= count;
        freeNumbers += count;
    }

    /** Whether more numbers are free than used, and enough to be worth scanning a table of so many rows. Writer only. */
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

    /** Rows read by action begin with their count, so that no reader runs into the next row. */
    private static int headerNumbers(BootstrapChoice choice) {
        return choice == BootstrapChoice.BY_NEXT_ACTION ? 1 : 0;
    }
}
