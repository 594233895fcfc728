package io.streamq.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NaturalOrderTest {
    @Test
    void numbersComeFirstAndByValueThenTextByItsDigits() {
        List<String> ordered = List.of(
                "-10",
                "-2",
                "0",
                "1",
                "1.5",
                "2",
                "10",
                "12345678901234567890",
                "3,4",
                "3,10",
                "10,1",
                "a",
                "a1",
                "a2",
                "a10",
                "a10b",
                "b");
        List<String> shuffled = new ArrayList<>(ordered);
        Collections.shuffle(shuffled, new Random(7));
        shuffled.sort(NaturalOrder.INSTANCE);
        assertThat(shuffled).isEqualTo(ordered);
    }

    @Test
    void onlyEqualStringsAreEqual() {
        assertThat(NaturalOrder.INSTANCE.compare("01", "1")).isNotZero();
        assertThat(NaturalOrder.INSTANCE.compare("a01", "a1")).isNotZero();
        assertThat(NaturalOrder.INSTANCE.compare("a1", "a1")).isZero();
    }
}
