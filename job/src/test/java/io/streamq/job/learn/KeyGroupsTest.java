package io.streamq.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyGroupsTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 100, 128, 720, 1 << 15})
    void aKeyHasTheKeyGroupThatFlinkAssignsToIt(int count) {
        KeyGroups keyGroups = new KeyGroups(count);
        SplittableRandom random = new SplittableRandom(count);
        for (int i = 0; i < 10_000; i++) {
            int hash = random.nextInt();
            assertThat(keyGroups.of(hash)).isEqualTo(KeyGroupRangeAssignment.computeKeyGroupForKeyHash(hash, count));
        }
    }
}
