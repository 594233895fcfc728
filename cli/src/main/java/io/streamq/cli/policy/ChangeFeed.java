package io.streamq.cli.policy;

import io.streamq.agent.PolicyListener;
import io.streamq.agent.PolicyView;
import io.streamq.agent.StatePolicy;
import java.util.Collection;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Carries the changes of a policy from the view's thread to the one that prints. */
final class ChangeFeed implements PolicyListener {
    private static final long PATIENCE_MILLIS = 200;

    private record Change(StatePolicy state, boolean forgotten) {}

    private final BlockingQueue<Change> changes = new LinkedBlockingQueue<>();
    private volatile boolean begun;

    @Override
    public void updated(StatePolicy policy) {
        offer(new Change(policy, false));
    }

    @Override
    public void removed(StatePolicy last) {
        offer(new Change(last, true));
    }

    private void offer(Change change) {
        if (begun) {
            changes.add(change);
        }
    }

    /** What is known now; every later change is fed, none is lost, and one that arrives just now may be in both. */
    Collection<StatePolicy> begin(PolicyView view) {
        begun = true;
        return view.snapshot().values();
    }

    /** Hands on the next change, if there is one within a moment. */
    void awaitNext(Consumer<StatePolicy> onUpdated, Consumer<StatePolicy> onForgotten) throws InterruptedException {
        Change change = changes.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        if (change != null) {
            (change.forgotten() ? onForgotten : onUpdated).accept(change.state());
        }
    }
}
