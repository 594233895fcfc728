package io.streamq.cli.policy;

import io.streamq.agent.PolicyListener;
import io.streamq.agent.PolicyView;
import io.streamq.agent.StatePolicy;
import java.util.Collection;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Passes a policy's changes from the view's thread to the printing one. When printing is slow, the view blocks, and the rest stays in
 * Kafka.
 */
final class ChangeFeed implements PolicyListener, AutoCloseable {
    private static final long PATIENCE_MILLIS = 200;
    private static final int CAPACITY = 10_000;

    private record Change(StatePolicy state, boolean forgotten) {}

    private final BlockingQueue<Change> changes = new LinkedBlockingQueue<>(CAPACITY);
    private volatile boolean begun;
    private volatile boolean ended;

    @Override
    public void updated(StatePolicy policy) {
        offer(new Change(policy, false));
    }

    @Override
    public void removed(StatePolicy last) {
        offer(new Change(last, true));
    }

    private void offer(Change change) {
        try {
            boolean taken = !begun;
            while (!taken && !ended) {
                taken = changes.offer(change, PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("the thread of a policy view must not be interrupted: close the view", e);
        }
    }

    /** What is known now; every later change is fed, and one that arrives during the call may be in both. */
    Collection<StatePolicy> begin(PolicyView view) {
        begun = true;
        return view.snapshot().values();
    }

    /** Unblocks the view; later changes are dropped. */
    @Override
    public void close() {
        ended = true;
    }

    /** Passes on the next change, if one arrives within {@value #PATIENCE_MILLIS} ms. */
    void awaitNext(Consumer<StatePolicy> onUpdated, Consumer<StatePolicy> onForgotten) throws InterruptedException {
        Change change = changes.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        if (change != null) {
            (change.forgotten() ? onForgotten : onUpdated).accept(change.state());
        }
    }
}
