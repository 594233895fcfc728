package io.streamq.cli.curve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.cli.Invocation;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A curve as it is made by the whole product. */
class LearningCurveKafkaITCase {
    @TempDir
    private Path folder;

    @Test
    void seedsAreLearntAtOnceFromNothingTowardsTheOptimum() throws Exception {
        Path drawing = folder.resolve("curve.svg");
        Invocation run = Invocation.of(
                "learning-curve",
                "--seeds",
                "2",
                "--experiences",
                "30000",
                "--world",
                "grid",
                "--size",
                "4x4",
                // Agents that stroll: what they see does not depend on how soon a busy machine lets them hear of what
                // was learnt.
                "--epsilon",
                "1",
                "--json",
                "--out",
                drawing.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();

        JsonNode curve = new ObjectMapper().readTree(run.out());
        JsonNode points = curve.get("points");
        assertThat(points).hasSize(201);
        double random = points.get(0).get("mean").asDouble();
        double learnt = points.get(200).get("mean").asDouble();
        double optimum = curve.get("optimum").asDouble();
        assertThat(points.get(200).get("experiences").asLong()).isEqualTo(30_000);
        assertThat(random).isLessThan(optimum - 1);
        assertThat(learnt).isCloseTo(optimum, within(1e-9));
        assertThat(Files.readString(drawing)).contains("<polyline class='line c0'", "grid-4x4", "mean of 2 seeds");
    }

    @Test
    void theCurveIsToldEvenIfItsDrawingCannotBeWritten() throws Exception {
        Path drawing = Files.createSymbolicLink(folder.resolve("curve.svg"), folder.resolve("no/such.svg"));
        Invocation run = Invocation.of(
                "learning-curve",
                "--seeds",
                "1",
                "--experiences",
                "1000",
                "--world",
                "grid",
                "--size",
                "2x2",
                "--json",
                "--out",
                drawing.toString());
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err()).contains("the drawing could not be written");
        JsonNode outcome = new ObjectMapper().readTree(run.out());
        assertThat(outcome.get("points")).hasSize(201);
        assertThat(outcome.has("drawing")).isFalse();
    }

    @Test
    void aFolderThatIsNotThereIsToldBeforeAnythingStarts() {
        Invocation run = Invocation.of(
                "learning-curve", "--out", folder.resolve("no/such.svg").toString());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--out must be a file in a folder that can be written to");
    }
}
