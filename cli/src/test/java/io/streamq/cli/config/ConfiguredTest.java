package io.streamq.cli.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.cli.config.ControlTopics.Place;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.PolicyConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ConfiguredTest {
    private static final AvroCodec<PolicyConfig> CODEC = AvroCodec.policyConfig();
    private static final byte[] GARBAGE = "garbage".getBytes(UTF_8);

    private static PolicyConfig config(int actions, long generation, double discount) {
        return PolicyConfig.newBuilder()
                .setActions(actions)
                .setGeneration(generation)
                .setDiscount(discount)
                .build();
    }

    /** What the records come to, the first at offset 0. */
    private static Configured of(byte @Nullable []... values) {
        Configured configured = null;
        for (int offset = 0; offset < values.length; offset++) {
            configured = Configured.after(configured, values[offset], new Place(0, offset));
        }
        return configured;
    }

    private static byte[] bytes(PolicyConfig config) {
        return CODEC.encode(config);
    }

    @Test
    void theLastValidOneStaysBehindWhatTheJobRefuses() {
        PolicyConfig valid = config(3, 1, 0.5);
        for (byte[] refused :
                new byte[][] {GARBAGE, bytes(config(3, 1, -1)), bytes(config(3, 0, 0.9)), bytes(config(2, 1, 0.9))}) {
            Configured configured = of(bytes(config(3, 0, 0.4)), bytes(valid), refused);
            assertThat(configured.config()).isEqualTo(valid);
            assertThat(configured.rules().discount()).isEqualTo(0.5);
            assertThat(configured.place().offset()).isEqualTo(2);
            assertThat(configured.violations()).hasSize(1);
        }
    }

    /** As the job does, which never had the refused one in force. */
    @Test
    void whatComesBehindARefusedOneFollowsTheLastValidOne() {
        PolicyConfig next = config(3, 1, 0.6);
        Configured configured = of(bytes(config(3, 1, 0.5)), bytes(config(4, 9, -1)), bytes(next));
        assertThat(configured.config()).isEqualTo(next);
        assertThat(configured.violations()).isEmpty();
    }

    @Test
    void aDeletedPolicyBeginsAnew() {
        byte[] fifth = bytes(config(3, 5, 0.5));
        assertThat(of(fifth, null).isDeleted()).isTrue();
        PolicyConfig anew = config(2, 0, 0.5);
        Configured configured = of(fifth, null, bytes(anew));
        assertThat(configured.config()).isEqualTo(anew);
        assertThat(configured.isDeleted()).isFalse();
        assertThat(of(fifth, null, GARBAGE).config()).isNull();
        assertThat(of(fifth, null, GARBAGE).isDeleted()).isFalse();
    }

    @Test
    void aRefusedOneAloneIsNoConfiguration() {
        Configured configured = of(bytes(config(0, 0, 2)));
        assertThat(configured.config()).isNull();
        assertThat(configured.violations()).hasSize(2);
    }
}
