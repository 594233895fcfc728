package io.streamq.cli.experiment;

import io.streamq.agent.ExperiencePublisher;
import io.streamq.agent.PublisherSettings;
import io.streamq.cli.broker.LocalBroker;
import io.streamq.cli.job.LocalJob;
import io.streamq.cli.program.TemporaryFolder;
import io.streamq.cli.topics.TopicsCommand;
import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions;
import io.streamq.schemas.Topics;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;

/** A real broker in this JVM, and one job after another on it. */
final class Laboratory implements AutoCloseable {
    /** Of every log: enough for the highest parallelism. */
    private static final int PARTITIONS = 8;

    /** Flink's default of 100 ms would make agents wait for the effect of their steps. */
    private static final Duration BUFFER_TIMEOUT = Duration.ofMillis(5);

    private final LocalBroker broker;
    private int logs;
    private int trials;

    private Laboratory(LocalBroker broker) {
        this.broker = broker;
    }

    static Laboratory open() throws IOException {
        return new Laboratory(LocalBroker.start());
    }

    /** Creates a new experience topic and returns its name. */
    String newLog() {
        String log = Topics.EXPERIENCES + "-" + ++logs;
        TopicsCommand.create(broker.bootstrapServers(), PARTITIONS, log, Topics.POLICY);
        return log;
    }

    ExperiencePublisher publisherTo(String log) {
        return new ExperiencePublisher(
                PublisherSettings.of(broker.bootstrapServers(), "experiment").withTopic(log));
    }

    /** Starts a job that learns from a whole log, with its own policy topic. */
    Trial start(String log, int parallelism, Map<String, String> options) throws IOException, InterruptedException {
        String policyTopic = Topics.POLICY + "-" + ++trials;
        TopicsCommand.create(broker.bootstrapServers(), PARTITIONS, log, policyTopic);
        Map<String, String> all = new HashMap<>(options);
        all.put(StreamQOptions.BOOTSTRAP_SERVERS.key(), broker.bootstrapServers());
        all.put(StreamQOptions.EXPERIENCES_TOPIC.key(), log);
        all.put(StreamQOptions.POLICY_TOPIC.key(), policyTopic);
        all.put(StreamQOptions.PARALLELISM.key(), "" + parallelism);
        Configuration flink = new Configuration();
        flink.set(ExecutionOptions.BUFFER_TIMEOUT, BUFFER_TIMEOUT);
        TemporaryFolder work = TemporaryFolder.create("streamq-experiment");
        try {
            LocalJob job = LocalJob.start(JobOptions.of(all), flink, work.path());
            return new Trial(broker.bootstrapServers(), policyTopic, job, work);
        } catch (InterruptedException | RuntimeException e) {
            work.close();
            throw e;
        }
    }

    @Override
    public void close() {
        broker.close();
    }
}
