package io.streamq.job.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.util.HexFormat;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class PolicyControlSerializerTest {
    /** {@link Samples#CONTROL}. Savepoints hold such bytes: later releases add formats and keep this one. */
    private static final String FORMAT_1 =
            "01" + "00046c616b65" + "04c30100" + "02" + "808080808020" + "0000018bcfe56800";

    private static PolicyControl read(String hex) throws IOException {
        return PolicyControlSerializer.INSTANCE.deserialize(
                new DataInputDeserializer(HexFormat.of().parseHex(hex)));
    }

    @Test
    void theBytesOfAConfigurationAreFrozen() throws IOException {
        DataOutputSerializer output = new DataOutputSerializer(64);
        PolicyControlSerializer.INSTANCE.serialize(Samples.CONTROL, output);
        assertThat(HexFormat.of().formatHex(output.getCopyOfBuffer())).isEqualTo(FORMAT_1);
    }

    @Test
    void aConfigurationOfFormat1IsRead() throws IOException {
        assertThat(read(FORMAT_1)).usingRecursiveComparison().isEqualTo(Samples.CONTROL);
    }

    @Test
    void aFormatOfALaterReleaseIsRefusedWithASentence() {
        assertThatIOException()
                .isThrownBy(() -> read("02" + FORMAT_1.substring(2)))
                .withMessage("a configuration must have format 1: got 2; was the snapshot written by a later release of"
                        + " StreamQ?");
    }
}
