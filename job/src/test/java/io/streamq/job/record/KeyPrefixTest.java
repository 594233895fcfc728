package io.streamq.job.record;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyPrefixTest {
    /** Shorter than a word, a word, two words, and longer, the separator included. */
    @ParameterizedTest
    @ValueSource(ints = {1, 6, 7, 8, 14, 15, 16, 40})
    void thePrefixOfAPolicyIsThatOfItsStatesAndOfNoOthers(int length) {
        String policyId = "p".repeat(length);
        KeyPrefix prefix = KeyPrefix.ofPolicy(policyId);
        for (String state : new String[] {"", "s", "p", "/", "a state with a long name"}) {
            assertThat(prefix.isOf(StateKey.of(policyId, state))).as(state).isTrue();
            assertThat(prefix.isOf(StateKey.of(policyId + "p", state)))
                    .as(state)
                    .isFalse();
            assertThat(prefix.isOf(StateKey.of("q" + policyId.substring(1), state)))
                    .as(state)
                    .isFalse();
            assertThat(prefix.isOf(StateKey.of("p".repeat(length - 1) + "q", state)))
                    .as(state)
                    .isFalse();
        }
        assertThat(prefix.isOf(StateKey.of("", ""))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 8, 14, 15, 16, 40})
    void theWordsOfAShortKeyTellItsPrefixAsTheKeyDoes(int length) {
        KeyPrefix prefix = KeyPrefix.ofPolicy("p".repeat(length));
        for (int policyLength = 0; policyLength < 16; policyLength++) {
            for (int stateLength = 0; policyLength + stateLength < 16; stateLength++) {
                StateKey key = StateKey.of("p".repeat(policyLength), "p".repeat(stateLength));
                assertThat(prefix.isOfInline(key.first(), key.second()))
                        .as("%s", key)
                        .isEqualTo(prefix.isOf(key))
                        .isEqualTo(policyLength == length);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "a state with a long name"})
    void allKeysBeginAlikeWhereNoneIsMeant(String state) {
        StateKey key = StateKey.of("p", state);
        assertThat(KeyPrefix.OF_ALL.isOf(key)).isTrue();
        assertThat(KeyPrefix.OF_ALL.isOfInline(key.first(), key.second())).isTrue();
    }
}
