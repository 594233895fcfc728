package io.streamq.job.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HashedKeysTest {
    /** Around the sixteen bytes that a key holds in itself, with those of its policy. */
    @ParameterizedTest
    @ValueSource(ints = {0, 13, 14, 15, 40})
    void aKeyOfAnyLengthComesBackWithItsHash(int length) throws IOException {
        StateKey key = StateKey.of("p", "x".repeat(length));
        DataOutputSerializer wire = new DataOutputSerializer(64);
        HashedKeys.write(key, wire);
        assertThat(HashedKeys.read(new DataInputDeserializer(wire.getCopyOfBuffer())))
                .isEqualTo(key)
                .hasSameHashCodeAs(key);
    }
}
