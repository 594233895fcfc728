package io.streamq.cli.demo;

import io.streamq.agent.ExperiencePublisher;
import io.streamq.agent.PublisherSettings;
import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.replay.ExperienceLog;
import io.streamq.cli.replay.LogLine;
import io.streamq.cli.replay.LoggedExperience;
import io.streamq.cli.stage.Feed;
import io.streamq.schemas.Experience;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A recorded log instead of agents; lines without an experience are skipped, as the survey has counted them. */
final class ReplayFeed implements Feed {
    private static final long JOIN_MILLIS = 1_000;

    private final Path file;
    private final long limit;
    private final String policyId;
    private final ExperiencePublisher publisher;
    private final Thread thread;
    private volatile @Nullable Throwable failure;

    /** @param limit experiences to publish at most */
    ReplayFeed(Path file, long limit, String policyId, String bootstrapServers) {
        this.file = file;
        this.limit = limit;
        this.policyId = policyId;
        this.publisher = new ExperiencePublisher(PublisherSettings.of(bootstrapServers, "demo"));
        this.thread = new Thread(this::replay, "replay");
        thread.setDaemon(true);
        thread.setUncaughtExceptionHandler((dead, thrown) -> failure = thrown);
    }

    private void replay() {
        try (ExperienceLog log = ExperienceLog.open(file, warning -> {})) {
            for (long read = 0; log.hasNext() && read < limit; ) {
                LogLine line = log.next();
                if (line instanceof LoggedExperience logged) {
                    publisher.publish(Experience.newBuilder(logged.experience())
                            .setPolicyId(policyId)
                            .build());
                    read++;
                }
            }
            publisher.flush();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public long published() {
        return publisher.acknowledged();
    }

    @Override
    public long limit() {
        return limit;
    }

    @Override
    public boolean isExhausted() {
        return !thread.isAlive() && publisher.acknowledged() + publisher.failed() == publisher.sent();
    }

    @Override
    public boolean playsToItsEnd() {
        return true;
    }

    @Override
    public void requireHealthy() {
        Throwable thrown = failure;
        if (thrown != null) {
            throw new CommandFailure("the replay of " + file + " failed: " + thrown.getMessage(), thrown);
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        publisher.close();
    }
}
