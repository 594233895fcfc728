package io.streamq.job.rejection;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.record.DeadLetter;
import io.streamq.job.record.DeadLetterSerializer;
import io.streamq.job.record.Rejection;
import io.streamq.job.record.SourceRecord;
import java.nio.charset.StandardCharsets;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadLettersTest {
    private static final SourceRecord SOURCE = new SourceRecord(0, 1, 2, null, null);

    private final DeadLetters letters = new DeadLetters(new UnregisteredMetricsGroup());

    private String messageOf(String message) {
        return letters.letter(SOURCE, Rejection.POLICY_CONFIG_INVALID, message).message();
    }

    @Test
    void aMessageStaysAsItIs() {
        String message = "state must not be empty; ".repeat(100);
        assertThat(messageOf(message)).isEqualTo(message);
    }

    /** Characters of one to four bytes: a header and Flink's serializers have their limits. */
    @ParameterizedTest
    @ValueSource(strings = {"x", "ü", "€", "😀"})
    void aMessageThatQuotesTooMuchIsCutBetweenCharacters(String character) throws Exception {
        String cut = messageOf("got " + character.repeat(70_000));
        assertThat(cut).startsWith("got " + character + character).endsWith(character + "...");
        assertThat(cut.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(2_990, DeadLetters.MOST_MESSAGE_BYTES);

        DataOutputSerializer written = new DataOutputSerializer(64);
        DeadLetterSerializer.INSTANCE.serialize(new DeadLetter(SOURCE, Rejection.POLICY_CONFIG_INVALID, cut), written);
        assertThat(DeadLetterSerializer.INSTANCE
                        .deserialize(new DataInputDeserializer(written.getCopyOfBuffer()))
                        .message())
                .isEqualTo(cut);
    }
}
