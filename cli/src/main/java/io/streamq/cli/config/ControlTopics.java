package io.streamq.cli.config;

import io.streamq.cli.kafka.KafkaConnection;
import io.streamq.cli.kafka.TopicOption;
import io.streamq.cli.program.CommandFailure;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.PolicyConfig;
import io.streamq.schemas.PolicyKey;
import io.streamq.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RetriableException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The control topic and what the job says of it, as the commands see them. */
final class ControlTopics {
    /**
     * How much later than it should a record is given up at most. Kafka's producer gives up none while it waits for its own id, whatever its
     * limits, and by them it tells why.
     */
    private static final Duration GIVING_UP = Duration.ofSeconds(1);

    @Mixin
    private KafkaConnection connection = new KafkaConnection();

    @Option(names = "--control-topic", paramLabel = "NAME", description = "Default: ${DEFAULT-VALUE}")
    private String control = Topics.CONTROL;

    @Option(names = "--control-status-topic", paramLabel = "NAME", description = "Default: ${DEFAULT-VALUE}")
    private String status = Topics.CONTROL_STATUS;

    /** Created when a command runs: their creation logs, which nothing may do before the command line is parsed. */
    private static final class Codecs {
        private static final AvroCodec<PolicyConfig> CONFIG = AvroCodec.policyConfig();
    }

    /** Where a configuration stands. */
    record Place(int partition, long offset) {}

    ControlTopics() {}

    ControlTopics(KafkaConnection connection) {
        this.connection = connection;
    }

    String bootstrapServers() {
        return connection.bootstrapServers();
    }

    /** All configured policies, and deleted ones whose tombstone is still there. */
    Map<String, Configured> configurations() {
        Map<String, Configured> byPolicy = new TreeMap<>();
        read(consumed -> {
            String policyId = new String(consumed.key(), StandardCharsets.UTF_8);
            // The job sends any other key to the dead letters.
            if (PolicyKey.isPolicyId(policyId)) {
                Place place = new Place(consumed.partition(), consumed.offset());
                byPolicy.compute(policyId, (any, before) -> Configured.after(before, consumed.value(), place));
            }
        });
        return byPolicy;
    }

    /** The offsets of a policy's records in a partition. */
    List<Long> offsets(String policyId, int partition) {
        List<Long> offsets = new ArrayList<>();
        read(consumed -> {
            if (consumed.partition() == partition
                    && policyId.equals(new String(consumed.key(), StandardCharsets.UTF_8))) {
                offsets.add(consumed.offset());
            }
        });
        return offsets;
    }

    /** The last status of each shard for each policy. */
    Map<String, Standing> standings() {
        try (StatusWatch watch = watchStatus()) {
            return watch.standings();
        }
    }

    /** Follows what the job reports, until closed. Reports about an earlier control topic are ignored. */
    StatusWatch watchStatus() {
        StatusWatch watch = new StatusWatch(connection, status);
        try {
            watch.readOn();
            // Asked after reading the reports: a record that a shard has read precedes its report.
            watch.forgetBehind(ends());
            return watch;
        } catch (CommandFailure e) {
            watch.close();
            throw e;
        }
    }

    /** Where the partitions of the control topic end. */
    private Map<Integer, Long> ends() {
        try (TopicReading reading = new TopicReading(connection, TopicOption.CONTROL, control)) {
            return reading.ends();
        }
    }

    /** Writes a configuration, or with {@code null} deletes the policy. */
    Place send(String policyId, @Nullable PolicyConfig config) {
        connection.requireTopic(TopicOption.CONTROL, control);
        byte[] value = config == null ? null : Codecs.CONFIG.encode(config);
        Producer<byte[], byte[]> producer = connection.openProducer();
        try {
            RecordMetadata written = producer.send(
                            new ProducerRecord<>(control, policyId.getBytes(StandardCharsets.UTF_8), value))
                    .get(connection.patience().plus(GIVING_UP).toMillis(), TimeUnit.MILLISECONDS);
            return new Place(written.partition(), written.offset());
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RetriableException given
                    ? unconfirmed(policyId, given)
                    : connection.failure(e);
        } catch (TimeoutException e) {
            throw unconfirmed(policyId, e);
        } catch (KafkaException e) {
            throw connection.failure(e);
        } catch (InterruptedException e) {
            throw connection.interrupted(e);
        } finally {
            // The answer is here or given up; by itself it would wait for brokers that are gone.
            producer.close(Duration.ZERO);
        }
    }

    /** Kafka's client would have gone on trying. What it sent before, the broker may have taken: it is the answer that is missing. */
    private CommandFailure unconfirmed(String policyId, Exception last) {
        return new CommandFailure(
                "Kafka at " + bootstrapServers() + " did not confirm within "
                        + connection.patience().toSeconds() + " s that the change of policy '" + policyId
                        + "' is written (" + (last.getMessage() == null ? "no answer" : last.getMessage())
                        + "). It may have been written nevertheless: check with 'streamq config get " + policyId
                        + " -b " + bootstrapServers()
                        + "' before you make it again. Are the brokers running, and are as many replicas of topic '"
                        + control + "' in sync as its min.insync.replicas asks for?",
                last);
    }

    /** Shows every record with a key that the control topic holds now. */
    private void read(Consumer<ConsumerRecord<byte[], byte[]>> each) {
        try (TopicReading reading = new TopicReading(connection, TopicOption.CONTROL, control)) {
            reading.readOn(each);
        }
    }

    /** A configuration that somebody must have set before. */
    PolicyConfig require(String policyId, Map<String, Configured> configured) {
        Configured found = configured.get(policyId);
        if (found == null || found.isDeleted()) {
            List<String> others = configured.keySet().stream()
                    .filter(each -> !configured.get(each).isDeleted())
                    .toList();
            throw new CommandFailure((found == null
                            ? "policy '" + policyId + "' is not configured"
                            : "policy '" + policyId + "' was deleted")
                    + (others.isEmpty() ? "" : "; the configured ones are: " + String.join(", ", others))
                    + ". Configure it with: streamq config set " + policyId + " actions=N");
        }
        PolicyConfig config = found.config();
        if (config == null) {
            throw new CommandFailure("the control topic holds no valid configuration of policy '" + policyId
                    + "', only the one at " + found.refusal() + ". Write a new one with: streamq config set " + policyId
                    + " actions=N FIELD=VALUE..., where fields that are not given have their defaults");
        }
        return config;
    }
}
