package io.streamq.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SchemaEvolutionTest {
    static {
        AvroCodec.trustContract();
    }

    static Stream<Arguments> contract() {
        return Stream.of(
                        Experience.getClassSchema(),
                        PolicyUpdate.getClassSchema(),
                        PolicyConfig.getClassSchema(),
                        PolicyConfigStatus.getClassSchema())
                .map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("contract")
    void theCurrentSchemaIsTheLastReleased(Schema current) {
        List<Schema> released = ReleasedSchemas.of(current.getName());
        assertThat(released).isNotEmpty();
        assertThat(current.toString()).isEqualTo(withJavaStrings(released.get(released.size() - 1)));
    }

    /** The plugin notes the Java class of strings in the generated schema; the released file does not. */
    private static String withJavaStrings(Schema released) {
        return released.toString()
                .replace("\"type\":\"string\"", "\"type\":{\"type\":\"string\",\"avro.java.string\":\"String\"}")
                .replace("\"items\":\"string\"", "\"items\":{\"type\":\"string\",\"avro.java.string\":\"String\"}")
                .replace("[\"null\",\"string\"]", "[\"null\",{\"type\":\"string\",\"avro.java.string\":\"String\"}]");
    }

    @ParameterizedTest
    @MethodSource("contract")
    void everyReleaseReadsAndIsReadByToday(Schema current) {
        for (Schema released : ReleasedSchemas.of(current.getName())) {
            assertThat(compatibility(current, released)).isEqualTo(SchemaCompatibilityType.COMPATIBLE);
            assertThat(compatibility(released, current)).isEqualTo(SchemaCompatibilityType.COMPATIBLE);
        }
    }

    private static SchemaCompatibilityType compatibility(Schema reader, Schema writer) {
        return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
                .getType();
    }

    /** Frozen on the day of the release: an edit of a released file, however small, fails here. */
    @ParameterizedTest
    @CsvSource({
        "Experience.v1,9fd2a9b5c8e94b15",
        "PolicyUpdate.v1,7f3b0907730b50a",
        "PolicyConfig.v1,42883872aff4ea9f",
        "PolicyConfigStatus.v1,13bcec1e9e800563",
        "PolicyConfigStatus.v2,306e158027d7e6c8"
    })
    void aReleasedSchemaNeverChanges(String file, String hashOfItsText) throws Exception {
        try (var resource = ReleasedSchemas.class.getResourceAsStream("released/" + file + ".avsc")) {
            String text = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
            assertThat(Long.toHexString(XxHash64.hash(text.getBytes(StandardCharsets.UTF_8))))
                    .isEqualTo(hashOfItsText);
        }
    }

    @Test
    void recordsComeBackAsTheyWent() throws Exception {
        PolicyUpdate update = PolicyUpdate.newBuilder()
                .setPolicyId("p")
                .setState("s")
                .setAction(1)
                .setValue(0.5)
                .setQValues(List.of(0.25, 0.5))
                .setVisits(List.of(3L, 4L))
                .setUpdates(7)
                .setVersion(2)
                .setEpoch(1)
                .setReason(UpdateReason.GREEDY_ACTION_CHANGED)
                .setUpdatedAt(java.time.Instant.ofEpochMilli(1))
                .build();
        assertThat(AvroCodec.policyUpdate().decode(AvroCodec.policyUpdate().encode(update)))
                .isEqualTo(update);
        PolicyConfig config = PolicyConfig.newBuilder().setActions(4).build();
        assertThat(AvroCodec.policyConfig().decode(AvroCodec.policyConfig().encode(config)))
                .isEqualTo(config);
        assertThat(config.getLearningRate().getOmega()).isEqualTo(0.7);
    }

    @Test
    void oneRecordIsNoOther() {
        byte[] config = AvroCodec.policyConfig()
                .encode(PolicyConfig.newBuilder().setActions(4).build());
        assertThatThrownBy(() -> AvroCodec.experience().decode(config))
                .isInstanceOfSatisfying(WireFormatException.class, e -> assertThat(e.kind())
                        .isEqualTo(WireFormatException.Kind.UNKNOWN_SCHEMA));
    }

    @Test
    void aTextThatClaimsMoreThanAnyMemoryHoldsIsNoRecord() {
        byte[] experience = AvroCodec.experience()
                .encode(Experience.newBuilder()
                        .setState("s")
                        .setAction(0)
                        .setReward(0)
                        .setTerminated(true)
                        .build());
        // The length of policyId, which is the first field, becomes 2^34.
        Arrays.fill(experience, 10, 15, (byte) 0x80);
        experience[15] = 1;
        assertThatThrownBy(() -> AvroCodec.experience().decode(experience))
                .isInstanceOfSatisfying(WireFormatException.class, e -> assertThat(e.kind())
                        .isEqualTo(WireFormatException.Kind.NOT_AVRO));
    }

    @Test
    void aKeyHoldsAnyStateBehindItsFirstSlash() {
        PolicyKey key = new PolicyKey("lake", "a/b/ü");
        assertThat(PolicyKey.fromBytes(key.toBytes())).isEqualTo(key);
        assertThat(PolicyKey.isPolicyId("a.B_c-9")).isTrue();
        assertThat(Stream.of("", "a/b", "ü", "x".repeat(65), "a b")).noneMatch(PolicyKey::isPolicyId);
        assertThatThrownBy(() -> PolicyKey.fromBytes("noslash".getBytes(StandardCharsets.UTF_8)))
                .hasMessageContaining("must be policyId/state: got 'noslash'");
    }
}
