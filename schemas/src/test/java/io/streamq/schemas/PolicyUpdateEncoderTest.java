package io.streamq.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PolicyUpdateEncoderTest {
    private final AvroCodec<PolicyUpdate> avro = AvroCodec.policyUpdate();
    private final PolicyUpdateEncoder encoder = new PolicyUpdateEncoder();

    @Test
    void theBytesAreThoseOfAvro() {
        for (long seed = 0; seed < 500; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            PolicyUpdate update = random(random);
            byte[] key = new PolicyKey(update.getPolicyId(), update.getState()).toBytes();
            byte[] encoded = new byte
                    [encoder.encode(
                            key,
                            update.getAction(),
                            update.getQValues().stream()
                                    .mapToDouble(Double::doubleValue)
                                    .toArray(),
                            update.getVisits().stream()
                                    .mapToLong(Long::longValue)
                                    .toArray(),
                            update.getVersion(),
                            update.getEpoch(),
                            update.getReason(),
                            update.getUpdatedAt().toEpochMilli())];
            encoder.copyTo(encoded);
            assertThat(encoded).as("seed %d", seed).isEqualTo(avro.encode(update));
        }
    }

    private static PolicyUpdate random(SplittableRandom random) {
        int actions = random.nextInt(1, 40);
        double[] values = random.doubles(actions, -1e6, 1e6).toArray();
        long[] visits = random.longs(actions, 0, 1L << 40).toArray();
        int action = random.nextInt(actions);
        return PolicyUpdate.newBuilder()
                .setPolicyId("policy-" + random.nextInt())
                .setState("größe/".repeat(random.nextInt(1, 60)))
                .setAction(action)
                .setValue(values[action])
                .setQValues(Arrays.stream(values).boxed().toList())
                .setVisits(Arrays.stream(visits).boxed().toList())
                .setUpdates(Arrays.stream(visits).sum())
                .setVersion(random.nextLong(1, 1L << 50))
                .setEpoch(random.nextLong(1, 1L << 50))
                .setReason(List.of(UpdateReason.values()).get(random.nextInt(UpdateReason.values().length)))
                .setUpdatedAt(Instant.ofEpochMilli(random.nextLong(0, 1L << 42)))
                .build();
    }
}
