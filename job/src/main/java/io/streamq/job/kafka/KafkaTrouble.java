package io.streamq.job.kafka;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.DisconnectException;

/**
 * The message when Kafka does not do what a client asked for: who is not there, who refused whom, and what to do about it.
 *
 * @param bootstrapServers where Kafka should be
 * @param patience how long an answer was waited for
 * @param settings the words that send the reader to the client's settings, such as "check the settings in FILE"
 */
public record KafkaTrouble(String bootstrapServers, Duration patience, String settings) {

    /** The sentence for what a Kafka client threw, or for a wait that timed out. */
    public String sentence(Throwable thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null && (cause instanceof ExecutionException || isWrapper(cause))) {
            cause = cause.getCause();
        }
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        if (cause instanceof TimeoutException
                || cause instanceof org.apache.kafka.common.errors.TimeoutException
                || cause instanceof DisconnectException) {
            return "no Kafka broker answered at " + bootstrapServers + " within " + patience.toSeconds() + " s ("
                    + reason
                    + "); check the address and that a Kafka broker runs there, and if it wants TLS or a login, "
                    + settings;
        }
        if (cause instanceof AuthenticationException) {
            return "Kafka at " + bootstrapServers + " refused the login (" + reason + "); " + settings;
        }
        if (cause instanceof AuthorizationException) {
            return "Kafka at " + bootstrapServers + " does not allow this user to do that (" + reason
                    + "); ask for the permission, or log in as another user: " + settings;
        }
        if (cause instanceof ConfigException || !(cause instanceof KafkaException)) {
            return "Kafka's client cannot be set up for " + bootstrapServers + " (" + reason + "); " + settings;
        }
        return "the request to Kafka at " + bootstrapServers + " failed: " + cause;
    }

    /** Kafka's clients wrap the reason for a failed construction in a plain KafkaException. */
    private static boolean isWrapper(Throwable thrown) {
        return thrown.getClass() == KafkaException.class;
    }
}
