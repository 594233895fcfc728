package io.streamq.benchmarks.floor;

import io.streamq.job.record.HashedKeys;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * The floor for {@code flink run}: its classes, and inside, as a library with decoder, key and connector, the product's
 * jar, so that both jobs run the very same code.
 */
public final class FloorJar {
    private FloorJar() {}

    /** Writes the jar. */
    public static void write(Path jar, Path productJar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, FloorJob.class.getName());
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            addClasses(out);
            // Where Flink looks for a jar's libraries.
            add(out, "lib/streamq-job.jar", productJar);
        }
    }

    private static void addClasses(JarOutputStream out) throws IOException {
        Path built = built();
        if (Files.isDirectory(built)) {
            addPackages(out, built);
            return;
        }
        try (FileSystem jar = FileSystems.newFileSystem(URI.create("jar:" + built.toUri()), Map.of())) {
            addPackages(out, jar.getPath("/"));
        }
    }

    /** Including the keys' package, which is also the product's: both jars share a class loader. */
    private static void addPackages(JarOutputStream out, Path root) throws IOException {
        for (Class<?> one : new Class<?>[] {FloorJob.class, HashedKeys.class}) {
            String folder = one.getPackageName().replace('.', '/');
            addFolder(out, folder, root.resolve(folder));
        }
    }

    private static Path built() {
        try {
            return Path.of(FloorJar.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the classes were not loaded from this machine", e);
        }
    }

    private static void addFolder(JarOutputStream out, String folder, Path files) throws IOException {
        List<Path> classes;
        try (Stream<Path> all = Files.list(files)) {
            classes = all.sorted().toList();
        }
        for (Path each : classes) {
            add(out, folder + "/" + each.getFileName(), each);
        }
    }

    private static void add(JarOutputStream out, String name, Path file) throws IOException {
        out.putNextEntry(new ZipEntry(name));
        Files.copy(file, out);
        out.closeEntry();
    }
}
