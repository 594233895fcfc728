package io.streamq.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantitiesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0.0 /s",
        "9.94, 9.9 /s",
        "9.96, 10 /s",
        "999.4, 999 /s",
        "999.6, 1.0 k/s",
        "12345, 12.3 k/s",
        "999949, 999.9 k/s",
        "999950, 1.0 M/s"
    })
    void ratesNeverShowAThousandOfAUnit(double rate, String shown) {
        assertThat(Quantities.rate(rate)).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({"0, 0.0 s", "59949, 59.9 s", "60000, 1 min 00 s", "125000, 2 min 05 s", "3720000, 1 h 02 min"})
    void durationsGrowCoarser(long millis, String shown) {
        assertThat(Quantities.duration(Duration.ofMillis(millis))).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({"0, 0.0000", "-12.24789, -12.2479", "0.00001, 1.00e-05", "1234567890, 1.23e+09", "NaN, NaN"})
    void valuesHaveFourDecimalsUnlessTheyWouldBeLost(double value, String shown) {
        assertThat(Quantities.value(value)).isEqualTo(shown);
    }

    @Test
    void percentIsHundredOnlyWhenAllIsDone() {
        assertThat(Quantities.percent(0.9999)).isEqualTo("99 %");
        assertThat(Quantities.percent(1)).isEqualTo("100 %");
    }

    @Test
    void countsAreGroupedAndAgreeInNumber() {
        assertThat(Quantities.count(1, "record")).isEqualTo("1 record");
        assertThat(Quantities.count(12345, "record")).isEqualTo("12,345 records");
    }
}
