package io.streamq.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;

class EncodedExperienceTest {
    private final AvroCodec<Experience> codec = AvroCodec.experience();
    private final EncodedExperience encoded = new EncodedExperience();

    private static Experience.Builder minimal() {
        return Experience.newBuilder()
                .setState("s")
                .setAction(2)
                .setReward(-1.5)
                .setNextState("t")
                .setTerminated(false);
    }

    private static Experience complete() {
        return minimal()
                .setPolicyId("lake")
                .setAgentId("agent-1")
                .setEpisodeId("17")
                .setStep(3L)
                .setState("größe/7")
                .setTruncated(true)
                .setDiscount(0.81)
                .setLegalActions(List.of(0, 2, 300))
                .setNextAction(1)
                .setBehaviorProbability(0.25)
                .setPolicyVersion(9L)
                .setEventTime(Instant.ofEpochMilli(1_700_000_000_000L))
                .build();
    }

    private String text(int start, int length) {
        return new String(encoded.bytes(), start, length, StandardCharsets.UTF_8);
    }

    @Test
    void everyFieldIsReadInPlace() throws Exception {
        encoded.read(codec.encode(complete()));
        assertThat(text(encoded.policyIdStart(), encoded.policyIdLength())).isEqualTo("lake");
        assertThat(text(encoded.stateStart(), encoded.stateLength())).isEqualTo("größe/7");
        assertThat(text(encoded.nextStateStart(), encoded.nextStateLength())).isEqualTo("t");
        assertThat(encoded.action()).isEqualTo(2);
        assertThat(encoded.reward()).isEqualTo(-1.5);
        assertThat(encoded.terminated()).isFalse();
        assertThat(encoded.truncated()).isTrue();
        assertThat(encoded.hasDiscount()).isTrue();
        assertThat(encoded.discount()).isEqualTo(0.81);
        assertThat(encoded.legalActionCount()).isEqualTo(3);
        assertThat(encoded.legalAction(2)).isEqualTo(300);
        assertThat(encoded.hasNextAction()).isTrue();
        assertThat(encoded.nextAction()).isOne();
        assertThat(encoded.hasIdentity()).isTrue();
    }

    @Test
    void aMinimalExperienceLeavesTheRestToDefaults() throws Exception {
        encoded.read(codec.encode(complete()));
        encoded.read(
                codec.encode(minimal().setNextState(null).setTerminated(true).build()));
        assertThat(text(encoded.policyIdStart(), encoded.policyIdLength())).isEqualTo("default");
        assertThat(encoded.nextStateLength()).isEqualTo(-1);
        assertThat(encoded.terminated()).isTrue();
        assertThat(encoded.truncated()).isFalse();
        assertThat(encoded.hasDiscount()).isFalse();
        assertThat(encoded.legalActionCount()).isEqualTo(-1);
        assertThat(encoded.hasNextAction()).isFalse();
        assertThat(encoded.hasIdentity()).isFalse();
    }

    @Test
    void copiesOfAnExperienceHaveOneIdentityAndOthersAnother() throws Exception {
        encoded.read(codec.encode(complete()));
        long identity = encoded.identityHash();
        encoded.read(codec.encode(Experience.newBuilder(complete()).setReward(7).build()));
        assertThat(encoded.identityHash()).isEqualTo(identity);
        encoded.read(codec.encode(Experience.newBuilder(complete()).setStep(4L).build()));
        assertThat(encoded.identityHash()).isNotEqualTo(identity);
    }

    @Test
    void anotherWritersSchemaIsResolved() throws Exception {
        Schema lean = new Schema.Parser()
                .parse("{\"type\":\"record\",\"name\":\"Experience\",\"namespace\":\"io.streamq.schemas\",\"fields\":["
                        + "{\"name\":\"state\",\"type\":\"string\"},{\"name\":\"action\",\"type\":\"int\"},"
                        + "{\"name\":\"reward\",\"type\":\"double\"},"
                        + "{\"name\":\"nextState\",\"type\":[\"null\",\"string\"],\"default\":null},"
                        + "{\"name\":\"terminated\",\"type\":\"boolean\"}]}");
        GenericRecord experience = new GenericData.Record(lean);
        experience.put("state", "a");
        experience.put("action", 1);
        experience.put("reward", 2.5);
        experience.put("nextState", "b");
        experience.put("terminated", false);
        byte[] value = new BinaryMessageEncoder<>(GenericData.get(), lean)
                .encode(experience)
                .array();

        EncodedExperience resolving = new EncodedExperience(AvroCodec.experienceAlsoBy(lean));
        resolving.read(value);
        assertThat(resolving.reward()).isEqualTo(2.5);
        assertThat(new String(
                        resolving.bytes(), resolving.stateStart(), resolving.stateLength(), StandardCharsets.UTF_8))
                .isEqualTo("a");

        assertThatThrownBy(() -> encoded.read(value))
                .isInstanceOfSatisfying(WireFormatException.class, e -> assertThat(e.kind())
                        .isEqualTo(WireFormatException.Kind.UNKNOWN_SCHEMA))
                .hasMessageContaining("fingerprint");
    }

    @Test
    void aChangeOfTheReleasedSchemaWouldShowInItsFingerprint() {
        assertThat(SchemaNormalization.parsingFingerprint64(Experience.getClassSchema()))
                .isEqualTo(SchemaNormalization.parsingFingerprint64(
                        ReleasedSchemas.of("Experience").get(0)));
    }

    @Test
    void everyTruncationIsRefusedWithASentence() {
        byte[] value = codec.encode(complete());
        for (int length = 0; length < value.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(value, length);
            assertThatThrownBy(() -> encoded.read(cut))
                    .isInstanceOf(WireFormatException.class)
                    .hasMessageContaining("must be a single-object encoded Experience");
        }
        byte[] longer = java.util.Arrays.copyOf(value, value.length + 3);
        assertThatThrownBy(() -> encoded.read(longer)).hasMessageContaining("goes on for 3 bytes");
    }

    @Test
    void whateverTheBytesTheAnswerIsAnExperienceForAvroTooOrASentence() throws Exception {
        byte[] value = codec.encode(complete());
        for (long seed = 0; seed < 200_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            byte[] mutated = value.clone();
            for (int change = random.nextInt(1, 6); change > 0; change--) {
                mutated[random.nextInt(10, mutated.length)] = (byte) random.nextInt();
            }
            try {
                encoded.read(mutated);
            } catch (WireFormatException refused) {
                assertThat(refused).hasMessageStartingWith("the value must be");
                continue;
            }
            codec.decode(mutated);
        }
    }

    /** A negative count is followed by how many bytes the block has, so that who wants none of it can pass over it. */
    @Test
    void aBlockOfLegalActionsMayTellItsBytesWhichAreNotNegative() throws Exception {
        String value = HexFormat.of().formatHex(codec.encode(complete()));
        String block = "06" + "00" + "04" + "d804"; // 3: 0, 2, 300
        assertThat(value).containsOnlyOnce(block);
        encoded.read(HexFormat.of().parseHex(value.replace(block, "05" + "08" + "00" + "04" + "d804")));
        assertThat(encoded.legalActionCount()).isEqualTo(3);
        assertThat(encoded.legalAction(2)).isEqualTo(300);

        byte[] negative = HexFormat.of().parseHex(value.replace(block, "05" + "07" + "00" + "04" + "d804"));
        assertThatThrownBy(() -> codec.decode(negative)).hasMessageContaining("negative");
        assertThatThrownBy(() -> encoded.read(negative))
                .isInstanceOf(WireFormatException.class)
                .hasMessageContaining("claims a block of -4 bytes in field legalActions");
    }

    @Test
    void aTextThatIsNotUtf8IsRefused() {
        byte[] value = codec.encode(minimal().setState("ssss").build());
        for (int i = 0; i < value.length; i++) {
            if (value[i] == 's') {
                value[i] = (byte) 0xFF;
            }
        }
        assertThatThrownBy(() -> encoded.read(value)).hasMessageContaining("not UTF-8 in field state");
    }

    @Test
    void theHashIsXxh64() {
        assertThat(XxHash64.hash(new byte[0])).isEqualTo(0xEF46DB3751D8E999L);
        assertThat(XxHash64.hash("a".getBytes(StandardCharsets.UTF_8))).isEqualTo(0xD24EC4F1A98C6E5BL);
        assertThat(XxHash64.hash("abc".getBytes(StandardCharsets.UTF_8))).isEqualTo(0x44BC2CF5AD770999L);
        assertThat(XxHash64.hash("Nobody inspects the spammish repetition".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(0xFBCEA83C8A378BF1L);
    }
}
