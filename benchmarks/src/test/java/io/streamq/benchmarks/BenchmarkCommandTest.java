package io.streamq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.cli.program.ExitCodes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BenchmarkCommandTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "goals", "latency", "memory", "sweep", "micro", "recovery", "duel"})
    void everyBenchmarkHasHelpWithExitCodes(String benchmark) {
        Invocation help = Invocation.of((benchmark + " --help").strip().split(" ", -1));
        assertThat(help.exitCode()).isEqualTo(ExitCodes.DONE);
        assertThat(help.out())
                .contains(
                        ("Usage: streamq benchmark " + benchmark).strip(), "--quick", "--json", "--out", "Exit codes:");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--rounds 0                          | --rounds must be at least 1",
                "--experiences 5                     | --experiences must be at least 10",
                "--states 0                          | --states must be in",
                "--states 90000000 --actions 100     | --states times --actions",
                "--state-bytes 4                     | --state-bytes must be in [8",
                "--skip 100                          | --skip must be in [1, 99]: got 100",
                "--taskmanager-heap much             | --taskmanager-heap must be a size",
                "--taskmanagers 2 --contestants plain| do not run on --taskmanagers",
                "--state-backend disk                | --state-backend",
                "goals --only nonsense               | must be one of hashmap, rocksdb,",
                "latency --rates 0                   | --rates must be in",
                "latency --seconds 0                 | --seconds must be greater",
                "memory --rows 10                    | --rows must be at least",
                "micro --only (                      | --only must be a regular expression",
                "micro --only nonsense               | --only must match a name, one of Decode.decode,",
                "sweep --only nonsense               | --only",
                "recovery --states 10                | --states must be at least",
                "recovery --state-backend disk       | --state-backend",
                "recovery --kills 0                  | --kills must be at least",
                "duel --turns 0                      | --turns must be at least",
                "duel --seconds 0                    | --seconds must be at least",
                "duel --warm-up -1                   | --warm-up must be at least",
                "duel --contestants plain            | --contestants",
                "duel --other old=nowhere            | must name a checkout",
                "duel --other ../old=nowhere         | must be NAME=FOLDER with a name of letters",
                "duel --other nowhere                | must be NAME=FOLDER with a name of letters",
                "duel --contestants floor,floor      | 'bare Flink job' twice",
                "--quick latency                     | --quick belongs after 'latency'",
                "laency                              | laency"
            })
    void wrongUsageNamesTheOption(String arguments, String sentence) {
        Invocation wrong = Invocation.of(arguments.strip().split(" +", -1));
        assertThat(wrong.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(wrong.err()).contains(sentence).doesNotContain("\tat ");
    }

    @Test
    void whatOnlyADuelStartsIsNotShown() {
        assertThat(Invocation.of("--help").out()).contains("  duel").doesNotContain("duelist");
    }

    @Test
    void anOptionOfTheProductThatDoesNotExistIsWrongUsage() {
        Invocation wrong = Invocation.of("latency", "--quick", "-D", "streamq.nonsense=1");
        assertThat(wrong.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(wrong.err()).contains("streamq.nonsense");
    }
}
