package io.streamq.cli.stage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class WorldOptionsTest {
    @Command
    private static final class Asked {
        @Mixin
        private final WorldOptions options = new WorldOptions();
    }

    @ParameterizedTest
    @CsvSource({
        "--world frozen-lake, frozen-lake-4x4, 16, 4",
        "--size 8x8, frozen-lake-8x8, 64, 4",
        "--world frozen-lake-8x8, frozen-lake-8x8, 64, 4",
        "--world cliff-walking, cliff-walking, 48, 4",
        "--world grid --size 2x3, grid-2x3, 6, 4",
        "--world maximization-bias, maximization-bias, 3, 10",
        "--world random, garnet-100, 100, 4",
        "--world random --states 30 --actions 3, garnet-30, 30, 3",
        "--world garnet-100, garnet-100, 100, 4"
    })
    void aWorldIsWhatItsOptionsSay(String options, String name, int states, int actions) {
        Asked asked = asked(options);
        assertThat(asked.options.world().name()).isEqualTo(name);
        assertThat(asked.options.world().mdp().states()).isEqualTo(states);
        assertThat(asked.options.world().mdp().actions()).isEqualTo(actions);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--world frozen-lake", "--size 8x8", "--states 5", "--actions 5"})
    void aWorldIsAskedForByAnythingThatDescribesIt(String options) {
        assertThat(asked(options).options.isGiven()).isTrue();
        assertThat(asked("--seed 5").options.isGiven()).isFalse();
    }

    private static Asked asked(String options) {
        return CommandLine.populateCommand(new Asked(), options.split(" "));
    }
}
