package io.streamq.cli.config;

import io.streamq.cli.kafka.KafkaConnection;
import io.streamq.cli.kafka.TopicOption;
import io.streamq.cli.program.CommandFailure;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.PolicyConfigStatus;
import io.streamq.schemas.WireFormatException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What the job says of configurations, followed by one consumer that reads on. */
final class StatusWatch implements AutoCloseable {
    private final AvroCodec<PolicyConfigStatus> codec = AvroCodec.policyConfigStatus();
    private final TopicReading topic;
    private final Map<String, Map<Integer, PolicyConfigStatus>> byPolicyAndShard = new HashMap<>();

    /** @throws CommandFailure if there is no such topic, or it cannot be read */
    StatusWatch(KafkaConnection connection, String topic) {
        this.topic = new TopicReading(connection, TopicOption.CONTROL_STATUS, topic);
    }

    /**
     * The last word of each shard on each policy, as the topic has it now.
     *
     * @throws CommandFailure if the topic cannot be read, or the broker has gone
     */
    Map<String, Standing> standings() {
        readOn();
        Map<String, Standing> standings = new HashMap<>();
        byPolicyAndShard.forEach(
                (policyId, words) -> standings.put(policyId, new Standing(List.copyOf(words.values()))));
        return standings;
    }

    /** Reads what was said since. */
    void readOn() {
        topic.readOn(this::take);
    }

    /**
     * Forgets what was said of records that are not on the control topic, as it was made anew since or its broker has lost its end: else it
     * would be taken for an answer to what is written there next.
     *
     * @param ends where each partition of the control topic ends
     */
    void forgetBehind(Map<Integer, Long> ends) {
        byPolicyAndShard.values().forEach(words -> words.values()
                .removeIf(word -> word.getOffset() >= ends.getOrDefault(word.getPartition(), 0L)));
    }

    private void take(ConsumerRecord<byte[], byte[]> consumed) {
        if (consumed.value() == null) {
            withdraw(new String(consumed.key(), StandardCharsets.UTF_8));
            return;
        }
        try {
            PolicyConfigStatus word = codec.decode(consumed.value());
            byPolicyAndShard
                    .computeIfAbsent(word.getPolicyId(), any -> new TreeMap<>())
                    .put(word.getShard(), word);
        } catch (WireFormatException notOurs) {
            // Not for us to judge: the job alone writes this topic.
        }
    }

    /** The job withdraws nothing: somebody tidied up, as after a rescale to fewer shards. */
    private void withdraw(String key) {
        byPolicyAndShard.forEach(
                (policyId, words) -> words.keySet().removeIf(shard -> (policyId + "/" + shard).equals(key)));
    }

    @Override
    public void close() {
        topic.close();
    }
}
