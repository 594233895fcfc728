package io.streamq.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code docs/results.md} shows is what the command wrote. */
class ResultsPageTest {
    private static final Path FOLDER = Path.of("..", "docs", "results");
    private static final Path PAGE = Path.of("..", "docs", "results.md");

    @ParameterizedTest
    @ValueSource(strings = {"algorithms", "overestimation", "staleness", "emission"})
    void everyExperimentIsThereWithItsCommandAndItsTable(String name) throws IOException {
        assertThat(Files.readString(PAGE))
                .contains("./streamq experiment " + name, Files.readString(FOLDER.resolve(name + ".md")));
        assertThat(FOLDER.resolve(name + ".csv")).isNotEmptyFile();
    }

    @Test
    void everyPictureIsShown() throws IOException {
        List<String> pictures;
        try (Stream<Path> files = Files.list(FOLDER)) {
            pictures = files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".svg"))
                    .toList();
        }
        assertThat(pictures).isNotEmpty();
        String page = Files.readString(PAGE);
        assertThat(pictures).allSatisfy(picture -> assertThat(page).contains("(results/" + picture + ")"));
    }
}
