package io.streamq.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.cli.Invocation;
import io.streamq.cli.program.ExitCodes;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Experiments as they are run by the command, in small. */
class ExperimentKafkaITCase {
    @TempDir
    private Path folder;

    private Invocation run(String... args) {
        String[] all = new String[args.length + 3];
        all[0] = "experiment";
        System.arraycopy(args, 0, all, 1, args.length);
        all[args.length + 1] = "--out";
        all[args.length + 2] = folder.toString();
        return Invocation.of(all);
    }

    @Test
    void doubleQLearningGoesLeftLessOftenThanQLearning() throws Exception {
        Invocation run = run("overestimation", "--seeds", "2", "--experiences", "6000", "--json");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCodes.DONE);

        JsonNode table = new ObjectMapper().readTree(run.out()).get("table");
        assertThat(table).hasSize(4);
        for (int i = 0; i < 4; i += 2) {
            assertThat(table.get(i).get("learner").asText()).startsWith("Q-learning");
            assertThat(table.get(i).get("% left, episodes 1-100").asDouble())
                    .isGreaterThan(
                            table.get(i + 1).get("% left, episodes 1-100").asDouble() + 10);
        }
        assertThat(table.get(0).get("greatest belief of left").asDouble()).isGreaterThan(0);
        assertThat(folder.resolve("overestimation.csv")).content().hasLineCount(1 + 4 * 300);
        assertThat(Files.readString(folder.resolve("overestimation-left.svg")))
                .startsWith("<svg")
                .endsWith("</svg>\n");
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"algorithms", "staleness", "emission"})
    void everyExperimentRunsAndWritesItsFiles(String name) throws Exception {
        Invocation run = run(name, "--seeds", "2", "--experiences", "20000", "--json");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCodes.DONE);
        JsonNode outcome = new ObjectMapper().readTree(run.out());
        assertThat(outcome.get("experiment").asText()).isEqualTo(name);
        assertThat(outcome.get("table")).isNotEmpty();
        assertThat(outcome.get("files").size()).isGreaterThanOrEqualTo(2);
        outcome.get("files").forEach(file -> assertThat(Path.of(file.asText())).isNotEmptyFile());
    }

    @Test
    void aFileThatCannotBeWrittenIsToldBeforeAnythingStarts() throws Exception {
        Files.createDirectory(folder.resolve("emission.csv"));
        Invocation run = run("emission");
        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.err()).contains("--out must be a folder whose files can be written to", "emission.csv");
    }

    @Test
    void moreRunsThanCanBeNumberedAreWrongUsage() {
        Invocation run = run("overestimation", "--experiences", "700000000000");
        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.err()).contains("--experiences of overestimation must be at most 644,245,094,100");
    }

    @Test
    void anUnknownExperimentIsWrongUsageAndTheKnownOnesAreNamed() {
        Invocation run = run("emisson");
        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.err()).contains("algorithms, overestimation, staleness or emission", "'emisson'");
    }

    @Test
    void aFolderThatIsNotThereIsToldBeforeAnythingStarts() {
        Invocation run = Invocation.of(
                "experiment", "emission", "--out", folder.resolve("no").toString());
        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.err()).contains("--out must be a folder that can be written to");
    }
}
