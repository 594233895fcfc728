package io.streamq.job.kafka;

import io.streamq.job.options.JobOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.common.KafkaException;

/** Looks before the job starts whether it can: a job that waits for a topic that nobody will create helps no one. */
public final class KafkaPreflight {
    private static final int TIMEOUT_SECONDS = 10;

    private KafkaPreflight() {}

    /** What keeps the job from starting, and what to do about it. */
    public static final class NotReadyException extends Exception {
        NotReadyException(String message, Throwable cause) {
            super(message, cause);
        }

        NotReadyException(String message) {
            super(message);
        }
    }

    /**
     * Connects and looks for the topics.
     *
     * @throws NotReadyException if no broker answers within 10 s or a topic is missing
     */
    public static void check(JobOptions options) throws NotReadyException, InterruptedException {
        Set<String> existing = topics(options.kafka());
        JobOptions.Topics topics = options.topics();
        List<String> missing = new ArrayList<>();
        for (String topic : topics.all()) {
            if (!existing.contains(topic)) {
                missing.add(topic);
            }
        }
        if (!missing.isEmpty()) {
            throw new NotReadyException("the broker at " + options.kafka().bootstrapServers() + " lacks "
                    + String.join(", ", missing) + ": create with './streamq topics create --bootstrap-servers "
                    + options.kafka().bootstrapServers() + "', or name others with --streamq.topics.*");
        }
    }

    private static Set<String> topics(JobOptions.Kafka kafka) throws NotReadyException, InterruptedException {
        Properties properties = kafka.clientProperties();
        try (Admin admin = Admin.create(properties)) {
            ListTopicsOptions patience = new ListTopicsOptions().timeoutMs(TIMEOUT_SECONDS * 1000);
            return admin.listTopics(patience).names().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw new NotReadyException(
                    "no Kafka broker answers at " + kafka.bootstrapServers() + " within " + TIMEOUT_SECONDS
                            + " s (" + reason(e) + "): check the address, that the broker runs, and the"
                            + " --streamq.kafka.client.* settings if it wants security",
                    e);
        }
    }

    private static String reason(Exception thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
