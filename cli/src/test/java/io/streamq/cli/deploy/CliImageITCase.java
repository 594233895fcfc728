package io.streamq.cli.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command streamq in a folder with what its image has, and nothing else of the checkout: no poms, no sources, no Maven. */
class CliImageITCase {
    private static final String HOME = "/opt/streamq/";

    @TempDir
    private Path folder;

    @Test
    void theLauncherFindsAllThatItNeedsInTheImage() throws Exception {
        for (Map.Entry<String, String> copy : DeployFiles.copies("cli").entrySet()) {
            assertThat(copy.getValue()).startsWith(HOME);
            copy(copy.getKey(), folder.resolve(copy.getValue().substring(HOME.length())));
        }
        Process process = new ProcessBuilder(
                        folder.resolve("streamq").toString(), "topics", "create", "-b", "127.0.0.1:1")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(output)
                .startsWith("streamq: no Kafka broker can be reached at 127.0.0.1:1")
                .hasLineCount(1);
        assertThat(process.exitValue()).isOne();
    }

    /** As COPY does: a folder's contents, or all files that match, to a file or into a folder. */
    private static void copy(String source, Path destination) throws IOException {
        Path from = DeployFiles.CHECKOUT.resolve(source);
        if (Files.isDirectory(from)) {
            Files.createDirectories(destination.getParent());
            Files.createSymbolicLink(destination, from);
            return;
        }
        PathMatcher pattern = FileSystems.getDefault().getPathMatcher("glob:" + from);
        List<Path> files;
        try (Stream<Path> all = Files.list(from.getParent())) {
            files = all.filter(pattern::matches).toList();
        }
        assertThat(files).as(source).hasSize(1);
        boolean intoFolder = Files.isDirectory(destination) || source.contains("*");
        Path to = intoFolder ? destination.resolve(files.get(0).getFileName()) : destination;
        Files.createDirectories(to.getParent());
        Files.copy(files.get(0), to);
    }
}
