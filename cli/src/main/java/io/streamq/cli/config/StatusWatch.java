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

/** Follows the job's reports on configurations with one consumer. */
final class StatusWatch implements AutoCloseable {
    private final AvroCodec<PolicyConfigStatus> codec = AvroCodec.policyConfigStatus();
    private final TopicReading topic;
    private final Map<String, Map<Integer, PolicyConfigStatus>> byPolicyAndShard = new HashMap<>();

    /** @throws CommandFailure if there is no such topic, or it cannot be read */
    StatusWatch(KafkaConnection connection, String topic) {
        this.topic = new TopicReading(connection, TopicOption.CONTROL_STATUS, topic);
    }

    /**
     * The last report of each shard on each policy, as of now.
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

    /** Reads the reports since the last call. */
    void readOn() {
        topic.readOn(this::take);
    }

    /**
     * Forgets reports on records beyond the end of the control topic, which was recreated since or lost its end: else they would pass for
     * answers to what is written there next.
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
                    // A dead attempt's report may be delivered late.
                    .merge(word.getShard(), word, (held, come) -> come.getEpoch() < held.getEpoch() ? held : come);
        } catch (WireFormatException notOurs) {
            // Not ours to judge: only the job writes this topic.
        }
    }

    /** Not by the job, which writes no tombstones: someone cleaned up, as after a rescale to fewer shards. */
    private void withdraw(String key) {
        byPolicyAndShard.forEach(
                (policyId, words) -> words.keySet().removeIf(shard -> (policyId + "/" + shard).equals(key)));
    }

    @Override
    public void close() {
        topic.close();
    }
}
