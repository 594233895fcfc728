package io.streamq.cli.experiment;

import io.streamq.agent.PolicyListener;
import io.streamq.agent.PolicyView;
import io.streamq.agent.PolicyViewSettings;
import io.streamq.cli.job.LocalJob;
import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.program.TemporaryFolder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A learning job and the views that follow it. */
final class Trial implements AutoCloseable {
    private static final int POLL_MILLIS = 5;
    private static final Duration CATCH_UP = Duration.ofSeconds(20);

    private final String bootstrapServers;
    private final String policyTopic;
    private final LocalJob job;
    private final TemporaryFolder work;
    private final List<PolicyView> views = new ArrayList<>();

    /** Takes over the job and the folder, and closes them. */
    Trial(String bootstrapServers, String policyTopic, LocalJob job, TemporaryFolder work) {
        this.bootstrapServers = bootstrapServers;
        this.policyTopic = policyTopic;
        this.job = job;
        this.work = work;
    }

    /** Follows one policy, or all if {@code policyId} is null, from the first announcement on. */
    PolicyView follow(@Nullable String policyId, PolicyListener listener) throws InterruptedException {
        PolicyViewSettings settings = policyId == null
                ? PolicyViewSettings.ofAllPolicies(bootstrapServers)
                : PolicyViewSettings.of(bootstrapServers, policyId);
        PolicyView view = new PolicyView(settings.withTopic(policyTopic), listener);
        views.add(view);
        view.awaitCaughtUp(CATCH_UP);
        return view;
    }

    /** Experiences that the job has processed. */
    long learnt() {
        return job.metrics().experiencesProcessed();
    }

    /**
     * For callers that wait for learning.
     *
     * @throws CommandFailure if the job ended or restarted
     */
    void requireUnbroken() throws InterruptedException {
        job.requireUnbroken();
    }

    /** Records sent to the policy topic. */
    long announced() {
        return job.metrics().policyUpdatesSent();
    }

    /**
     * Waits until that many experiences are processed and all resulting announcements received.
     *
     * @throws CommandFailure if the job ended or restarted, or could not learn from all of them
     */
    void await(long experiences, Progress progress) throws InterruptedException {
        while (!isDone(experiences)) {
            progress.done(learnt(), experiences);
            requireUnbroken();
            Thread.sleep(POLL_MILLIS);
        }
        long setAside = job.metrics().deadLetters();
        if (setAside > 0) {
            throw new CommandFailure("every experience must be learnt from: the job set " + setAside + " aside");
        }
    }

    private boolean isDone(long experiences) {
        return learnt() >= experiences
                && views.stream().mapToLong(PolicyView::updatesReceived).sum() >= (views.isEmpty() ? 0 : announced());
    }

    @Override
    public void close() {
        views.forEach(PolicyView::close);
        job.close();
        work.close();
    }
}
