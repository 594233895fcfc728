package io.streamq.job.learn;

import io.streamq.learning.BootstrapChoice;

/**
 * Where a row's numbers are, and all that a reader must know to read them, in one word: page and offset of the first number, the lowest
 * bits of the row's generation, how an experience chooses among the numbers, and a stamp against ABA: a row may come back to a place where
 * another has been meanwhile. A row of one number is on no page: in place of page and offset, the writer notes the row's position.
 */
final class ViewPlace {
    /** No row, and never was. */
    static final long NONE = 0;
    /** A removed row; its key keeps its slot until the table is rebuilt. */
    static final long REMOVED = 1L << 63;

    /** Momentarily, while a row is replaced; readers try again. */
    static final long CHANGING = 1L << 62;

    /** Numbers on a page; a row does not cross its end. */
    static final int PAGE_NUMBERS = 1 << 16;

    private static final int CHOICE_BITS = 2;
    private static final int CHOICE_MASK = (1 << CHOICE_BITS) - 1;
    private static final int GENERATION_BITS = 16;
    private static final int GENERATION_MASK = (1 << GENERATION_BITS) - 1;
    private static final int OFFSET_SHIFT = CHOICE_BITS + GENERATION_BITS;
    private static final int PAGE_SHIFT = OFFSET_SHIFT + 16;
    /** Pages of 512 KiB, 64 GiB in all. */
    private static final int PAGES = 1 << 17;

    private static final int STAMP_SHIFT = PAGE_SHIFT + 17;
    private static final long POSITION_MASK = (1L << (STAMP_SHIFT - OFFSET_SHIFT)) - 1;
    private static final int STAMP_MASK = (1 << 12) - 1;
    private static final BootstrapChoice[] CHOICES = BootstrapChoice.values();

    private ViewPlace() {}

    /** @param stamp a different one each time */
    @SuppressWarnings("EnumOrdinal") // never leaves this process
    static long of(int page, int offset, long generation, BootstrapChoice choice, int stamp) {
        if (page >= PAGES) {
            throw new IllegalStateException("a shard's view must have at most " + PAGES + " pages of " + PAGE_NUMBERS
                    + " numbers: raise the parallelism");
        }
        return (long) (stamp & STAMP_MASK) << STAMP_SHIFT
                | (long) page << PAGE_SHIFT
                | (long) offset << OFFSET_SHIFT
                | (long) shortGeneration(generation) << CHOICE_BITS
                | (choice.ordinal() + 1);
    }

    /** The bits of a generation that travel with a value: enough to distinguish all that can be in flight together. */
    static int shortGeneration(long generation) {
        return (int) generation & GENERATION_MASK;
    }

    static boolean isOfRow(long place) {
        return (place & CHOICE_MASK) != 0;
    }

    /** Whether the row has one number, in the table and not on a page. */
    @SuppressWarnings("EnumOrdinal")
    static boolean isOfOnly(long place) {
        return (place & CHOICE_MASK) == BootstrapChoice.ONLY.ordinal() + 1;
    }

    static BootstrapChoice choice(long place) {
        return CHOICES[(int) (place & CHOICE_MASK) - 1];
    }

    static int generation(long place) {
        return (int) (place >>> CHOICE_BITS) & GENERATION_MASK;
    }

    static int stamp(long place) {
        return (int) (place >>> STAMP_SHIFT) & STAMP_MASK;
    }

    static int offset(long place) {
        return (int) (place >>> OFFSET_SHIFT) & (PAGE_NUMBERS - 1);
    }

    static int page(long place) {
        return (int) (place >>> PAGE_SHIFT) & (PAGES - 1);
    }

    /** The same place of a one-number row, with another position: at least {@link SuccessorView#NO_POSITION}, which is -1. */
    static long withPosition(long place, int position) {
        return (place & ~(POSITION_MASK << OFFSET_SHIFT)) | ((position + 1L) << OFFSET_SHIFT);
    }

    /** Position of a one-number row; {@link SuccessorView#NO_POSITION} if none was set. */
    static int position(long place) {
        return (int) ((place >>> OFFSET_SHIFT & POSITION_MASK) - 1);
    }
}
