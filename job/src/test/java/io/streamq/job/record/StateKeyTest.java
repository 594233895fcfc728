package io.streamq.job.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.schemas.PolicyKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StateKeyTest {
    /** {@link Samples#KEY} as savepoints hold it. */
    private static final String GOLDEN = "0e6c616b652f6772c3b6c39f652f37";

    @Test
    void theBytesOfAKeyAreFrozen() throws IOException {
        DataOutputSerializer output = new DataOutputSerializer(64);
        StateKeySerializer.INSTANCE.serialize(Samples.KEY, output);
        assertThat(HexFormat.of().formatHex(output.getCopyOfBuffer())).isEqualTo(GOLDEN);
        assertThat(StateKeySerializer.INSTANCE.deserialize(
                        new DataInputDeserializer(HexFormat.of().parseHex(GOLDEN))))
                .isEqualTo(Samples.KEY);
    }

    /** Snapshots are placed by key group: a change here would lose every row of every savepoint. */
    @ParameterizedTest
    @CsvSource({"default,0,-1772952231,51", "default,36,1636650056,21", "lake,größe/7,1828001014,51"})
    void theHashCodeAndWithItTheKeyGroupIsFrozen(String policyId, String state, int hashCode, int keyGroup) {
        StateKey key = StateKey.of(policyId, state);
        assertThat(key.hashCode()).isEqualTo(hashCode);
        assertThat(KeyGroupRangeAssignment.assignToKeyGroup(key, 128)).isEqualTo(keyGroup);
    }

    @Test
    void aKeyIsTheKeyOfThePolicyTopicByteForByte() {
        assertThat(Samples.KEY.bytes()).isEqualTo(new PolicyKey("lake", "größe/7").toBytes());
        assertThat(Samples.KEY.policyId()).isEqualTo("lake");
        assertThat(Samples.KEY.state()).isEqualTo("größe/7");
        assertThat(Samples.KEY).hasToString("lake/größe/7");
    }

    @Test
    void aKeyCutFromARecordEqualsOneMadeOfStrings() {
        byte[] bytes = "..lake.größe/7.".getBytes(StandardCharsets.UTF_8);
        KeyCursor cursor = new KeyCursor();
        cursor.join(bytes, 2, 4, 7, 9);
        assertThat(cursor.toKey()).isEqualTo(Samples.KEY).hasSameHashCodeAs(Samples.KEY);
    }

    /** Of any length, one after the other, and with bytes at the end that no UTF-8 has. */
    @Test
    void keysCutOneAfterTheOtherHaveNothingOfEachOther() {
        KeyCursor cursor = new KeyCursor();
        for (int length : new int[] {20, 13, 14, 1, 14, 5, 40, 7}) {
            for (int last : new int[] {'x', 0, 0xFF}) {
                byte[] bytes = "p/".concat("s".repeat(length)).getBytes(StandardCharsets.UTF_8);
                bytes[bytes.length - 1] = (byte) last;
                cursor.join(bytes, 0, 1, 2, length);
                StateKey key = StateKey.owning(bytes.clone());
                assertThat(cursor.toKey()).isEqualTo(key).hasSameHashCodeAs(key);
                assertThat(cursor.hash()).isEqualTo(key.hashCode());
                assertThat(cursor.sameAs(key)).isTrue();
                assertThat(key.sameAs(cursor)).isTrue();
                assertThat(cursor.sameAs(StateKey.of("p", "s".repeat(length) + "t")))
                        .isFalse();
                assertThat(cursor.isInline()).isEqualTo(key.isInline());
                assertThat(cursor.bytes()).isEqualTo(bytes);
                assertThat(cursor.length()).isEqualTo(bytes.length);
                assertThat(cursor.stateLength()).isEqualTo(length);
                assertThat(cursor.startsWith(bytes)).isTrue();
                assertThat(cursor).hasToString(key.toString());
            }
        }
    }

    /** Wherever the parts stand in the record, and whatever stands around them. */
    @Test
    void aKeyIsJoinedOfItsPartsAndNothingElse() {
        SplittableRandom random = new SplittableRandom(1);
        KeyCursor cursor = new KeyCursor();
        for (int policyLength = 1; policyLength <= 18; policyLength++) {
            for (int stateLength = 1; stateLength <= 18; stateLength++) {
                for (int behind = 0; behind <= 9; behind++) {
                    byte[] record = new byte[3 + policyLength + 2 + stateLength + behind];
                    random.nextBytes(record);
                    byte[] bytes = new byte[policyLength + 1 + stateLength];
                    System.arraycopy(record, 3, bytes, 0, policyLength);
                    bytes[policyLength] = '/';
                    System.arraycopy(record, 3 + policyLength + 2, bytes, policyLength + 1, stateLength);
                    cursor.join(record, 3, policyLength, 3 + policyLength + 2, stateLength);
                    StateKey key = StateKey.owning(bytes);
                    assertThat(cursor.toKey()).isEqualTo(key).hasSameHashCodeAs(key);
                    assertThat(cursor.bytes()).isEqualTo(bytes);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6, 7, 8, 14, 15, 16, 17, 64})
    void thePolicyEndsAtTheFirstSlash(int length) {
        for (String state : new String[] {"s", "/", "a/b/c", "größe", "."}) {
            StateKey key = StateKey.of("p".repeat(length), state);
            assertThat(key.policyIdLength()).as("%s", key).isEqualTo(length);
            assertThat(key.stateLength()).as("%s", key).isEqualTo(state.getBytes(StandardCharsets.UTF_8).length);
        }
    }

    /** Around the sixteen bytes that a key holds in itself, and with bytes at the end that no UTF-8 has. */
    @ParameterizedTest
    @ValueSource(ints = {2, 7, 8, 9, 15, 16, 17, 40})
    void aKeyOfAnyLengthComesBackAsItWent(int length) throws IOException {
        for (int last = 0; last < 256; last++) {
            byte[] bytes = "p/".concat("x".repeat(length - 2)).getBytes(StandardCharsets.UTF_8);
            bytes[length - 1] = length == 2 ? bytes[length - 1] : (byte) last;
            StateKey key = StateKey.owning(bytes.clone());
            assertThat(key.bytes()).isEqualTo(bytes);
            assertThat(key.length()).isEqualTo(length);
            assertThat(key.policyIdLength()).isOne();
            assertThat(key.stateLength()).isEqualTo(length - 2);
            assertThat(key.startsWith(Arrays.copyOf(bytes, length - 1))).isTrue();
            assertThat(key.startsWith(Arrays.copyOf(bytes, length + 1))).isFalse();
            assertThat(key.startsWith("q/".getBytes(StandardCharsets.UTF_8))).isFalse();

            DataOutputSerializer wire = new DataOutputSerializer(64);
            StateKeySerializer.INSTANCE.serialize(key, wire);
            assertThat(StateKeySerializer.INSTANCE.deserialize(new DataInputDeserializer(wire.getCopyOfBuffer())))
                    .isEqualTo(key)
                    .hasSameHashCodeAs(key);
            assertThat(StateKey.owning(Arrays.copyOf(bytes, length - 1))).isNotEqualTo(key);
        }
    }

    @Test
    void keysOfDifferentPoliciesOrStatesDiffer() {
        assertThat(StateKey.of("a", "b"))
                .isNotEqualTo(StateKey.of("a", "c"))
                .isNotEqualTo(StateKey.of("c", "b"))
                .isNotEqualTo(StateKey.of("ab", ""));
    }
}
