package io.streamq.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamq.cli.program.CommandFailure;
import io.streamq.simulation.CliffWalking;
import io.streamq.simulation.FrozenLake;
import io.streamq.simulation.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogSurveyTest {
    private static final String HEADER = "state,action,reward,next_state,terminated\n";
    /** Slippery: left of the first cell of either lake one stays. */
    private static final String IN_A_LAKE = "0,0,0,0,false\n";

    private static final String IN_THE_SMALL_LAKE = "14,2,1,15,true\n";
    private static final String OFF_THE_CLIFF = "36,1,-100,36,false\n";

    @TempDir
    private Path folder;

    private final List<String> warnings = new ArrayList<>();

    @Test
    void theOnlyWorldInWhichAllCouldHaveHappenedIsFound() throws IOException {
        LogSurvey survey = survey(HEADER + IN_A_LAKE + IN_THE_SMALL_LAKE, null);
        assertThat(survey.world()).extracting(World::name).isEqualTo("frozen-lake-4x4");
        assertThat(survey.experiences()).isEqualTo(2);
        assertThat(warnings).isEmpty();
    }

    @Test
    void linesWithoutAnExperienceAreCountedAndTheFirstIsShown() throws IOException {
        LogSurvey survey = survey(HEADER + IN_A_LAKE + "0,left,0,0,false\n0,0,much,0,false\n", null);
        assertThat(survey.badLines()).isEqualTo(2);
        assertThat(warnings)
                .singleElement()
                .asString()
                .startsWith("left out 2 lines of log.csv without an experience; the first is line 3: action must be")
                .endsWith("got 'left' (0,left,0,0,false)");
    }

    @Test
    void aLogWithoutAnExperienceIsRefusedWithItsFirstLine() {
        assertThatThrownBy(() -> survey(HEADER + "0,left,0,0,false\n", null))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContainingAll("holds no experience in 1 line", "line 2: action must be");
    }

    @Test
    void aLogThatCouldNotHaveHappenedInTheWorldGivenIsRefusedWithItsLine() {
        assertThatThrownBy(() -> survey(HEADER + OFF_THE_CLIFF + "\n" + IN_A_LAKE, CliffWalking.world()))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContainingAll(
                        "line 4 of '",
                        "could not have happened in cliff-walking",
                        "action 0 in state '0' gave reward 0.0 and next_state '0'",
                        "name another --world");
    }

    @Test
    void controlCharactersOfALogThatDoesNotFitDoNotReachTheTerminal() {
        assertThatThrownBy(() -> survey(HEADER + "\u001b[2J,0,0,0,false\n", CliffWalking.world()))
                .hasMessageContaining("action 0 in state '\uFFFD[2J' gave");
    }

    @Test
    void theWorldGivenDecidesBetweenSeveralThatFit() throws IOException {
        LogSurvey survey = survey(HEADER + IN_A_LAKE, FrozenLake.slippery8x8());
        assertThat(survey.world()).extracting(World::name).isEqualTo("frozen-lake-8x8");
    }

    @Test
    void severalWorldsThatFitAreNamed() throws IOException {
        LogSurvey survey = survey(HEADER + IN_A_LAKE, null);
        assertThat(survey.world()).isNull();
        assertThat(survey.reasonForNoWorld()).contains("(frozen-lake-4x4, frozen-lake-8x8)", "--world");
    }

    @Test
    void noWorldThatFitsIsSaid() throws IOException {
        LogSurvey survey = survey(HEADER + "kitchen,0,0,hall,false\n", null);
        assertThat(survey.world()).isNull();
        assertThat(survey.reasonForNoWorld()).startsWith("No known world fits the log");
    }

    @Test
    void actionsThatAreLegalCountThoughNobodyTookThem() throws IOException {
        LogSurvey survey = survey("""
                state,action,reward,next_state,terminated,legal_actions,next_action
                kitchen,0,0,hall,false,0;2;5,1
                hall,1,0,kitchen,false,,3
                """, null);
        assertThat(survey.actions()).isEqualTo(6);
    }

    private LogSurvey survey(String log, @Nullable World given) throws IOException {
        return LogSurvey.of(Files.writeString(folder.resolve("log.csv"), log), given, warnings::add);
    }
}
