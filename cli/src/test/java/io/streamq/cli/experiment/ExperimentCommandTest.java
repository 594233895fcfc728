package io.streamq.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.cli.experiment.Experiment.Conditions;
import io.streamq.cli.experiment.Findings.Drawing;
import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.terminal.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ExperimentCommandTest {
    @TempDir
    private Path folder;

    @Test
    void whatWasMeasuredIsToldEvenIfAFileOfItCannotBeWritten() throws IOException {
        Files.createDirectory(folder.resolve("a-drawing.svg"));
        Sheet sheet = new Sheet("learner", "error");
        sheet.add("Q-learning", 0.5);
        Findings findings = new Findings(Map.of(), sheet, sheet, List.of(new Drawing("a-drawing", "<svg></svg>")));
        StringWriter out = new StringWriter();
        ExperimentCommand command =
                new ExperimentCommand(Terminal.of(new PrintWriter(out), new PrintWriter(new StringWriter())));
        new CommandLine(command).parseArgs("staleness", "--json", "--out", folder.toString());

        assertThatThrownBy(() -> command.tell(new StalenessExperiment(), new Conditions(1, 300), findings, 1))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContainingAll("could not be written", "a-drawing.svg");

        JsonNode outcome = new ObjectMapper().readTree(out.toString());
        assertThat(outcome.at("/table/0/learner").asText()).isEqualTo("Q-learning");
        assertThat(outcome.get("files")).hasSize(2).allSatisfy(file -> assertThat(Path.of(file.asText()))
                .isNotEmptyFile());
    }
}
