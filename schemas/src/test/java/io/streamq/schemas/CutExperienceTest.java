package io.streamq.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.junit.jupiter.api.Test;

class CutExperienceTest {
    private static final List<Consumer<Experience.Builder>> OPTIONAL = List.of(
            step -> step.setAgentId("agent"),
            step -> step.setEpisodeId("an episode"),
            step -> step.setStep(1000L),
            step -> step.setDiscount(0.5),
            step -> step.setLegalActions(List.of(0, 300)),
            step -> step.setNextAction(1),
            step -> step.setBehaviorProbability(0.1),
            step -> step.setPolicyVersion(7L),
            step -> step.setEventTime(Instant.ofEpochMilli(1)));

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
        return CutExperience.whole(
                head(),
                rest(),
                CutExperience.hasTail(encoded),
                experience.getTerminated(),
                key(experience),
                experience.getPolicyId().length());
    }

    private byte[] head() {
        return CutExperience.hasHead(encoded)
                ? cut(CutExperience.headStart(encoded), CutExperience.headLength(encoded))
                : new byte[0];
    }

    private byte[] rest() {
        return cut(CutExperience.bodyStart(encoded), CutExperience.restLength(encoded));
    }

    private byte[] cut(int start, int length) {
        return Arrays.copyOfRange(encoded.bytes(), start, start + length);
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
            byte[] rest = rest();
            assertThat(ByteBuffer.wrap(rest)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getDouble(CutExperience.rewardStart(rest, 0)))
                    .as("experience %d of seed %d: %s", i, seed, experience)
                    .isEqualTo(experience.getReward());
        }
    }

    private static Experience random(SplittableRandom random) {
        Experience.Builder step = step().setPolicyId("p".repeat(random.nextInt(1, 64)))
                .setState(text(random, random.nextBoolean() ? 20 : 200))
                .setAction(random.nextInt(100_000))
                .setReward(random.nextDouble());
        if (random.nextBoolean()) {
            step.setNextState(null).setTerminated(true);
        } else {
            step.setNextState(text(random, 200));
        }
        if (random.nextBoolean()) {
            step.setTruncated(true);
        }
        for (Consumer<Experience.Builder> field : OPTIONAL) {
            if (random.nextInt(8) == 0) {
                field.accept(step);
            }
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
    void aShortExperienceIsAThirdAsLong() throws Exception {
        Experience experience =
                step().setState("10000000").setNextState("10000001").build();
        encoded.read(codec.encode(experience));
        assertThat(encoded.end()).isEqualTo(57);
        assertThat(head()).isEmpty();
        assertThat(rest()).hasSize(19);
    }

    @Test
    void whatIsNotPlainStays() throws Exception {
        encoded.read(codec.encode(step().setTerminated(true).build()));
        assertThat(CutExperience.hasHead(encoded)).isFalse();
        assertThat(CutExperience.hasTail(encoded)).isFalse();
        encoded.read(codec.encode(step().setTruncated(true).build()));
        assertThat(CutExperience.hasHead(encoded)).isFalse();
        assertThat(CutExperience.hasTail(encoded)).isTrue();
        for (int i = 0; i < OPTIONAL.size(); i++) {
            Experience.Builder step = step();
            OPTIONAL.get(i).accept(step);
            encoded.read(codec.encode(step.build()));
            assertThat(CutExperience.hasHead(encoded)).as("field %d", i).isEqualTo(i < 3);
            assertThat(CutExperience.hasTail(encoded)).as("field %d", i).isEqualTo(i >= 3);
        }
        encoded.read(codec.encode(step().setState("s".repeat(63)).build()));
        assertThat(CutExperience.hasHead(encoded)).isFalse();
        encoded.read(codec.encode(step().setState("s".repeat(64)).build()));
        assertThat(CutExperience.hasHead(encoded)).isTrue();
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
    void oneOfAPolicyIdTooLongForAByteStaysWhole() throws Exception {
        encoded.read(codec.encode(step().setPolicyId("p".repeat(64)).build()));
        assertThat(CutExperience.isOf(encoded)).isFalse();
    }

    @Test
    void numbersToldAtLengthAreHadBackAsTheyCame() throws Exception {
        Experience experience = step().setState("a state").build();
        encoded.read(codec.encode(experience));
        assertComesBackWithOneMoreByteFor(encoded.policyIdStart() + encoded.policyIdLength(), experience); // no agentId
        encoded.read(codec.encode(experience));
        assertComesBackWithOneMoreByteFor(encoded.stateStart() - 1, experience);
        encoded.read(codec.encode(experience));
        assertComesBackWithOneMoreByteFor(encoded.stateStart() + encoded.stateLength(), experience); // action
        encoded.read(codec.encode(experience));
        assertComesBackWithOneMoreByteFor(encoded.nextStateStart() + encoded.nextStateLength() + 2, experience);
    }

    private void assertComesBackWithOneMoreByteFor(int lengthAt, Experience experience) throws Exception {
        byte[] value = codec.encode(experience);
        byte[] atLength = new byte[value.length + 1];
        System.arraycopy(value, 0, atLength, 0, lengthAt);
        atLength[lengthAt] = (byte) (value[lengthAt] | 0x80);
        System.arraycopy(value, lengthAt + 1, atLength, lengthAt + 2, value.length - lengthAt - 1);
        encoded.read(atLength);
        assertThat(CutExperience.isOf(encoded)).isTrue();
        assertThat(cutAndWhole(experience)).as("byte %d", lengthAt).isEqualTo(atLength);
        assertThat(encoded.reward())
                .isEqualTo(ByteBuffer.wrap(rest())
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .getDouble(CutExperience.rewardStart(rest(), 0)));
    }
}
