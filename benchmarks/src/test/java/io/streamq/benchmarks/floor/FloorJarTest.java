package io.streamq.benchmarks.floor;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.benchmarks.report.Machine;
import io.streamq.job.record.HashedKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FloorJarTest {
    @TempDir
    private Path folder;

    @Test
    void theJarHoldsWhatTheProductsHasNot() throws IOException {
        Path jar = folder.resolve("floor.jar");
        FloorJar.write(jar, Files.createFile(folder.resolve("product.jar")));
        try (JarFile written = new JarFile(jar.toFile())) {
            assertThat(written.stream().map(ZipEntry::getName))
                    .contains(file(FloorJob.class), file(StepSerializer.class), file(HashedKeys.class))
                    .contains("lib/streamq-job.jar")
                    .doesNotContain(file(Machine.class));
        }
    }

    private static String file(Class<?> type) {
        return type.getName().replace('.', '/') + ".class";
    }
}
