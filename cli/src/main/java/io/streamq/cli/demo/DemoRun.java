package io.streamq.cli.demo;

import io.streamq.agent.PolicyView;
import io.streamq.cli.job.LocalJob;
import io.streamq.cli.job.Throughput;
import io.streamq.cli.stage.Feed;
import io.streamq.cli.terminal.Live;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Watches a feed being learnt until the policy is optimal or the feed has ended. */
final class DemoRun {
    private static final int POLL_MILLIS = 50;
    /** An optimum that does not last was luck. */
    private static final long STEADY_NANOS = 1_500_000_000L;

    private final LocalJob job;
    private final Feed feed;
    private final PolicyView policy;
    private final @Nullable Scoreboard scoreboard;
    private final DemoPanel panel;
    private final Live live;

    /**
     * How it ended.
     *
     * @param score {@code null} without an optimum to compare with
     */
    record Outcome(long experiences, Duration duration, Scoreboard.@Nullable Score score) {}

    DemoRun(LocalJob job, Feed feed, PolicyView policy, @Nullable Scoreboard scoreboard, DemoPanel panel, Live live) {
        this.job = job;
        this.feed = feed;
        this.policy = policy;
        this.scoreboard = scoreboard;
        this.panel = panel;
        this.live = live;
    }

    Outcome untilDone() throws InterruptedException {
        long start = System.nanoTime();
        long solvedSince = -1;
        Throughput throughput = new Throughput();
        feed.start();
        while (true) {
            requireHealthy();
            boolean drained = isDrained();
            long applied = job.metrics().experiencesApplied();
            Scoreboard.Score score = scoreboard == null ? null : scoreboard.read();
            long now = System.nanoTime();
            boolean solved = score != null && score.isSolved();
            solvedSince = !solved ? -1 : solvedSince < 0 ? now : solvedSince;
            boolean steady = solvedSince >= 0 && now - solvedSince > STEADY_NANOS;

            DemoPanel.Reading reading = new DemoPanel.Reading(
                    applied,
                    throughput.perSecond(applied),
                    feed.limit(),
                    job.metrics().policyUpdatesSent(),
                    job.metrics().deadLetters(),
                    policy.size(),
                    score);
            boolean done = drained || (steady && !feed.playsToItsEnd());
            if (done) {
                live.showLast(() -> panel.lines(reading));
                return new Outcome(applied, Duration.ofNanos(now - start), score);
            }
            live.show(() -> panel.lines(reading), () -> panel.line(reading));
            Thread.sleep(POLL_MILLIS);
        }
    }

    private void requireHealthy() throws InterruptedException {
        feed.requireHealthy();
        job.requireUnbroken();
    }

    /** Whether nothing more will be published, all of it was processed, and every resulting announcement received. */
    private boolean isDrained() {
        return feed.isExhausted()
                && job.metrics().experiencesProcessed() >= feed.published()
                && policy.updatesReceived() >= job.metrics().policyUpdatesSent();
    }
}
