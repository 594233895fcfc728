package io.streamq.job.learn;

import org.jspecify.annotations.Nullable;

/**
 * Where a view is read by others than its writer: only while it has all rows, as a missing row would be taken for a state that nobody
 * acted in.
 */
final class WholeView {
    private volatile @Nullable SuccessorView view;

    /** Of what is whole for good. */
    static WholeView of(SuccessorView view) {
        WholeView whole = new WholeView();
        whole.set(view);
        return whole;
    }

    /** {@code null} if rows are missing. Any thread. */
    @Nullable
    SuccessorView get() {
        return view;
    }

    /** Sets it; {@code null} if rows are missing. */
    void set(@Nullable SuccessorView whole) {
        view = whole;
    }
}
