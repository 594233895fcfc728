package io.streamq.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;

class CutExperienceTest {
    private static final int STARTS = 7;

    private final AvroCodec<Experience> codec = AvroCodec.experience();
    private final EncodedExperience encoded = new EncodedExperience();

    private static Experience.Builder step() {
        return Experience.newBuilder()
                .setState("s")
                .setAction(2)
                .setReward(-1.5)
                .setNextState("t")
                .setTerminated(false);
    }

    private static byte[] key(Experience experience) {
        return (experience.getPolicyId() + "/" + experience.getState()).getBytes(StandardCharsets.UTF_8);
    }

    /** Cuts what was read and puts it together again. */
    private byte[] cutAndWhole(Experience experience) {
        byte[] cut = cut();
        byte[] key = key(experience);
        int policyIdLength = experience.getPolicyId().length();
        return CutExperience.whole(cut, CutExperience.between(encoded), key, policyIdLength);
    }

    private byte[] cut() {
        byte[] to = new byte[STARTS + encoded.end()];
        int length = CutExperience.write(encoded, to, STARTS);
        return Arrays.copyOfRange(to, STARTS, STARTS + length);
    }

    @Test
    void allThatIsCutIsHadBackFromTheKey() throws Exception {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 20_000; i++) {
            Experience experience = random(random);
            byte[] value = codec.encode(experience);
            encoded.read(value);
            assertThat(CutExperience.isOf(encoded)).as("seed %d", seed).isTrue();
            assertThat(cutAndWhole(experience))
                    .as("experience %d of seed %d: %s", i, seed, experience)
                    .isEqualTo(value);
            assertThat(ByteBuffer.wrap(cut())
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getDouble(CutExperience.rewardStart(encoded)))
                    .as("experience %d of seed %d: %s", i, seed, experience)
                    .isEqualTo(experience.getReward());
        }
    }

    private static Experience random(SplittableRandom random) {
        Experience.Builder step = step().setPolicyId("p".repeat(random.nextInt(1, 64)))
                .setState(text(random, 200))
                .setAction(random.nextInt(100_000))
                .setReward(random.nextDouble());
        if (random.nextBoolean()) {
            step.setNextState(null).setTerminated(true);
        } else {
            step.setNextState(text(random, 200));
        }
        if (random.nextBoolean()) {
            step.setAgentId(text(random, 20)).setEpisodeId(text(random, 20)).setStep(random.nextLong());
        }
        if (random.nextBoolean()) {
            step.setLegalActions(List.of(0, 300)).setDiscount(0.5).setNextAction(1);
        }
        return step.build();
    }

    /** Of slashes, too, and of more than ASCII. */
    private static String text(SplittableRandom random, int most) {
        return random.ints(random.nextInt(1, most), 0, 4)
                .mapToObj(i -> List.of("/", "a", "ö", "\uD83C\uDFB2").get(i))
                .reduce("", String::concat);
    }

    @Test
    void aShortExperienceIsHalfAsLong() throws Exception {
        Experience experience =
                step().setState("10000000").setNextState("10000001").build();
        encoded.read(codec.encode(experience));
        assertThat(encoded.end()).isEqualTo(57);
        assertThat(cut()).hasSize(31);
    }

    @Test
    void oneOfWhichTooMuchIsSpecialStaysWhole() throws Exception {
        encoded.read(codec.encode(step().setAgentId("a".repeat(300)).build()));
        assertThat(CutExperience.isOf(encoded)).isFalse();
        encoded.read(codec.encode(step().setAgentId("a".repeat(248)).build()));
        assertThat(CutExperience.isOf(encoded)).isTrue();
        assertThat(CutExperience.rewardStart(encoded)).isEqualTo(255);
        encoded.read(codec.encode(step().setAgentId("a".repeat(249)).build()));
        assertThat(CutExperience.isOf(encoded)).isFalse();
        encoded.read(codec.encode(step().setPolicyId("p".repeat(64)).build()));
        assertThat(CutExperience.isOf(encoded)).isFalse();
    }

    /** What it was translated from is what must be had back. */
    @Test
    void oneByAnotherSchemaStaysWhole() throws Exception {
        Schema other = new Schema.Parser().parse("""
                {"type": "record", "name": "Experience", "namespace": "io.streamq.schemas", "fields": [
                  {"name": "state", "type": "string"},
                  {"name": "action", "type": "int"},
                  {"name": "reward", "type": "double"},
                  {"name": "terminated", "type": "boolean"}]}""");
        GenericRecord experience = new GenericRecordBuilder(other)
                .set("state", "s")
                .set("action", 1)
                .set("reward", 2.5)
                .set("terminated", true)
                .build();
        EncodedExperience translated = new EncodedExperience(AvroCodec.experienceAlsoBy(other));
        translated.read(new BinaryMessageEncoder<>(GenericData.get(), other)
                .encode(experience)
                .array());
        assertThat(CutExperience.isOf(translated)).isFalse();
        translated.read(codec.encode(step().build()));
        assertThat(CutExperience.isOf(translated)).isTrue();
    }

    /** Avro lets a number take more bytes than it needs. */
    @Test
    void oneWhosePolicyIdIsToldAtLengthStaysWhole() throws Exception {
        byte[] value = codec.encode(step().build());
        byte[] atLength = new byte[value.length + 1];
        System.arraycopy(value, 0, atLength, 0, EncodedExperience.HEADER_BYTES);
        atLength[EncodedExperience.HEADER_BYTES] = (byte) (value[EncodedExperience.HEADER_BYTES] | 0x80);
        System.arraycopy(
                value,
                EncodedExperience.HEADER_BYTES + 1,
                atLength,
                EncodedExperience.HEADER_BYTES + 2,
                value.length - EncodedExperience.HEADER_BYTES - 1);
        encoded.read(atLength);
        assertThat(encoded.policyIdLength()).isEqualTo("default".length());
        assertThat(CutExperience.isOf(encoded)).isFalse();
    }

    @Test
    void aStateWhoseLengthIsToldAtLengthIsHadBackAsItCame() throws Exception {
        Experience experience = step().setState("a state").build();
        byte[] value = codec.encode(experience);
        encoded.read(value);
        int lengthAt = encoded.stateStart() - 1;
        byte[] atLength = new byte[value.length + 1];
        System.arraycopy(value, 0, atLength, 0, lengthAt);
        atLength[lengthAt] = (byte) (value[lengthAt] | 0x80);
        System.arraycopy(value, lengthAt + 1, atLength, lengthAt + 2, value.length - lengthAt - 1);
        encoded.read(atLength);
        assertThat(CutExperience.isOf(encoded)).isTrue();
        assertThat(cutAndWhole(experience)).isEqualTo(atLength);
    }
}
