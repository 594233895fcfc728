package io.streamq.cli.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class EpsilonRangeTest {
    private final EpsilonRange.Converter converter = new EpsilonRange.Converter();

    @Test
    void oneNumberMakesAllAgentsAlike() {
        EpsilonRange alike = converter.convert("0.3");
        assertThat(alike.of(0, 8)).isEqualTo(0.3);
        assertThat(alike.of(7, 8)).isEqualTo(0.3);
        assertThat(converter.convert("0").of(3, 4)).isZero();
        assertThat(alike).hasToString("0.3");
    }

    @Test
    void aRangeRisesByEqualRatiosFromItsLowestToItsHighest() {
        EpsilonRange range = converter.convert("0.01..1");
        assertThat(range.of(0, 3)).isEqualTo(0.01);
        assertThat(range.of(1, 3)).isCloseTo(0.1, within(1e-12));
        assertThat(range.of(2, 3)).isEqualTo(1);
        assertThat(range).hasToString("0.01..1.0");
    }

    @Test
    void anAgentAloneIsInTheMiddle() {
        assertThat(converter.convert("0.01..1").of(0, 1)).isCloseTo(0.1, within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "-0.1", "NaN", "0..1", "0.5..0.1", "0.1..2", "0.1..", "..1", "some"})
    void whatIsNoProbabilityOrNoRisingRangeIsRefused(String text) {
        assertThatThrownBy(() -> converter.convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("0.05..1")
                .hasMessageContaining("'" + text + "'");
    }
}
