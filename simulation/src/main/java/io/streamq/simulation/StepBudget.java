package io.streamq.simulation;

import java.util.concurrent.atomic.AtomicLong;

/** How many steps several agents may still take together. */
public final class StepBudget {
    private final AtomicLong left;

    private StepBudget(long steps) {
        this.left = new AtomicLong(steps);
    }

    public static StepBudget of(long steps) {
        return new StepBudget(steps);
    }

    /** Never runs out in practice: a step a nanosecond would take 292 years. */
    public static StepBudget unlimited() {
        return new StepBudget(Long.MAX_VALUE);
    }

    /** Takes one step out of the budget; {@code false} if none is left. */
    boolean takeOne() {
        return left.getAndDecrement() > 0;
    }

    /** Steps that may still be taken. */
    public long left() {
        return Math.max(0, left.get());
    }
}
