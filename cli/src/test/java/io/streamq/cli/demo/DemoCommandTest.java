package io.streamq.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.cli.Invocation;
import io.streamq.cli.program.ExitCodes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DemoCommandTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--world cliff-walking --size 9x9            | --size is for --world frozen-lake and grid: got --size 9x9 with cliff-walking",
                "--world frozen-lake-8x8 --size 8x8          | --size is for --world frozen-lake and grid",
                "--world random --size 9x9                   | --size is for --world frozen-lake and grid",
                "--states 50                                 | --states is for --world random: got --states 50 with frozen-lake",
                "--world grid --actions 4                    | --actions is for --world random",
                "--world random --states 1                   | --states must be at least 2: got 1",
                "--world random --states 2 --actions 0       | --actions must be in [1, 32768]: got 0",
                "--world random --states 2 --actions 70000   | --actions must be in [1, 32768]: got 70000",
                "--world random --states 2000000000          | --states times --actions must be at most 1000000: got 2000000000 and 4",
                "--world grid --size 999x999                 | --size must have at most 250000 cells: got '999x999', which has 998001",
                "--world moon                                | --world must be frozen-lake, cliff-walking",
                "--experiences -1                            | --experiences must be at least 1: got -1",
                "--replay log.csv --agents 3                 | --agents is for agents, and --replay has none",
                "--replay log.csv --rate 3                   | --rate is for agents",
                "--replay log.csv --epsilon 0.3              | --epsilon is for agents"
            })
    void whatCannotBeMeantIsWrongUsage(String options, String sentence) {
        Invocation demo = Invocation.of(("demo " + options).split(" "));
        assertThat(demo.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(demo.err()).contains(sentence).doesNotContain("\tat ");
    }
}
