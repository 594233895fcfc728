package io.streamq.job.kafka;

import static io.streamq.job.policy.PolicyConfigs.halfway;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.record.PolicyControl;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.PolicyConfig;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a job that starts without a snapshot makes of the control topic. */
class PolicyCatalogTest {
    private final PolicyCatalog.Reader reader = new PolicyCatalog.Reader();
    private long offset;

    private void read(@Nullable String key, byte @Nullable [] value) {
        byte[] bytes = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
        reader.read(new ConsumerRecord<>("control", 0, offset++, bytes, value));
    }

    private void read(String key, PolicyConfig.Builder config) {
        read(key, AvroCodec.policyConfig().encode(config.build()));
    }

    private List<Long> offsets() {
        return reader.configurations().stream().map(PolicyControl::offset).toList();
    }

    @Test
    void theLastOneOfEachPolicyCounts() {
        read("p", halfway());
        read("q", halfway());
        read("p", halfway().setActions(3));
        assertThat(offsets()).containsExactly(2L, 1L);
    }

    @Test
    void thoseThatMustBeRefusedStandBehindTheLastValidOne() {
        read("p", halfway().setActions(0));
        read("p", halfway().setGeneration(1));
        read("p", halfway().setGeneration(0)); // valid by itself
        read("p", new byte[] {1, 2, 3});
        read("q", halfway().setActions(0));
        assertThat(offsets()).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void whatComesAfterADeletionBeginsAnew() {
        read("p", halfway().setGeneration(5));
        read("p", halfway().setActions(0));
        read("p", (byte[]) null);
        assertThat(offsets()).as("the deletion, which is to be answered").containsExactly(2L);
        read("p", halfway().setGeneration(1));
        assertThat(offsets()).containsExactly(3L);
    }

    @Test
    void whatIsOfNoPolicyIsPassedOver() {
        read(null, halfway().build().toString().getBytes(StandardCharsets.UTF_8));
        read("no policy", halfway());
        read("x".repeat(70_000), halfway());
        assertThat(offsets()).isEmpty();
    }
}
