package io.streamq.job.kafka;

import io.streamq.job.kafka.KafkaPreflight.NotReadyException;
import io.streamq.job.options.JobOptions;
import io.streamq.job.policy.InvalidPolicyException;
import io.streamq.job.policy.PolicyRules;
import io.streamq.job.policy.PolicyRulesReader;
import io.streamq.job.record.PolicyControl;
import io.streamq.schemas.PolicyKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configurations on the control topic at one moment. A job that starts without a snapshot has them before its first experience, which
 * would otherwise be learnt by the wrong rules, as nothing orders the two topics.
 *
 * @param configurations the last valid one of each policy, or its deletion, then later ones to be refused
 * @param nextOffsets where to read on
 */
public record PolicyCatalog(List<PolicyControl> configurations, Map<TopicPartition, Long> nextOffsets) {
    private static final Logger LOG = LoggerFactory.getLogger(PolicyCatalog.class);

    /** Nothing configured, and the control topic not read. */
    public static final PolicyCatalog EMPTY = new PolicyCatalog(List.of(), Map.of());

    /**
     * Reads the control topic, which must exist, from beginning to end.
     *
     * @throws NotReadyException if the options are invalid for a consumer, it may not read, or nothing comes for 10 s
     */
    public static PolicyCatalog read(JobOptions options) throws NotReadyException, InterruptedException {
        Reader reader = new Reader();
        try (WholeTopic control = new WholeTopic(
                options.kafka().bootstrapServers(),
                options.kafka().client(),
                options.topics().control(),
                KafkaPreflight.PATIENCE)) {
            control.readOn(reader::read);
            return new PolicyCatalog(reader.configurations(), control.nextOffsets());
        } catch (KafkaException e) {
            throw KafkaPreflight.notReady(options, KafkaPreflight.PATIENCE, e);
        }
    }

    /** What the job would make of the records, had it been running when they came. */
    static final class Reader {
        private final Map<String, PolicyRules> rules = new HashMap<>();
        private final Map<String, List<PolicyControl>> configurations = new TreeMap<>();

        void read(ConsumerRecord<byte[], byte[]> consumed) {
            String policyId = consumed.key() == null ? "" : new String(consumed.key(), StandardCharsets.UTF_8);
            if (!PolicyKey.isPolicyId(policyId)) {
                LOG.warn(
                        "Skipped a record of the control topic, partition {}, offset {}: its key must be a policyId, "
                                + PolicyKey.RULE + ".",
                        consumed.partition(),
                        consumed.offset());
            } else {
                note(new PolicyControl(
                        policyId, consumed.value(), consumed.partition(), consumed.offset(), consumed.timestamp()));
            }
        }

        private void note(PolicyControl control) {
            String policyId = control.policyId();
            List<PolicyControl> known = configurations.computeIfAbsent(policyId, any -> new ArrayList<>());
            try {
                if (control.config() == null) {
                    rules.remove(policyId);
                } else {
                    rules.put(policyId, PolicyRulesReader.read(control.config(), rules.get(policyId)));
                }
                known.clear();
            } catch (InvalidPolicyException invalid) {
                LOG.debug("LEARN will refuse the configuration at offset {}.", control.offset(), invalid);
            }
            known.add(control);
        }

        List<PolicyControl> configurations() {
            return configurations.values().stream().flatMap(List::stream).toList();
        }
    }
}
