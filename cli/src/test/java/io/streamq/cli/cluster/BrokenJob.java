package io.streamq.cli.cluster;

import io.streamq.job.OperatorUids;
import io.streamq.job.StreamQJob;
import io.streamq.job.kafka.PolicyCatalog;
import io.streamq.job.options.JobArguments;
import io.streamq.job.options.JobOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.api.dag.Transformation;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The main class of a job jar like the product's, but with BOOTSTRAP torn away from LEARN in a way that no option of the product
 * allows. Its first argument says how; the others are the job's.
 */
public final class BrokenJob {
    private static final int OTHER_MAX_PARALLELISM = 64;

    /** What is broken. */
    enum Break {
        /** Other key groups. The uid is another one too, else Flink would find the difference in a snapshot before the job does. */
        MAX_PARALLELISM {
            @Override
            void apply(Transformation<?> bootstrap) {
                bootstrap.setUid("bootstrap-of-others");
                bootstrap.setMaxParallelism(OTHER_MAX_PARALLELISM);
            }
        },
        /** Another slot, which is on another TaskManager if that has one free. */
        SLOT {
            @Override
            void apply(Transformation<?> bootstrap) {
                bootstrap.setCoLocationGroupKey(null);
                bootstrap.setSlotSharingGroup("elsewhere");
            }
        },
        /** Set before the job is defined. */
        BATCH {
            @Override
            void apply(Transformation<?> bootstrap) {}
        };

        abstract void apply(Transformation<?> bootstrap);
    }

    private BrokenJob() {}

    public static void main(String[] arguments) throws Exception {
        Break how = Break.valueOf(arguments[0]);
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        if (how == Break.BATCH) {
            environment.setRuntimeMode(RuntimeExecutionMode.BATCH);
        }
        JobOptions options = JobOptions.of(JobArguments.parse(List.of(arguments).subList(1, arguments.length)));
        StreamQJob.define(environment, options, PolicyCatalog.read(options));
        how.apply(environment.getTransformations().stream()
                .filter(transformation -> OperatorUids.BOOTSTRAP.equals(transformation.getUid()))
                .findFirst()
                .orElseThrow());
        environment.execute(StreamQJob.NAME);
    }

    /** Packs the product's job jar anew with this class as its main class. */
    static void pack(Path jar) throws IOException {
        Files.createDirectories(jar.getParent());
        Files.copy(Distribution.ofThisCommand().jobJar(), jar, StandardCopyOption.REPLACE_EXISTING);
        Path classes = Path.of("target", "test-classes");
        String name = BrokenJob.class.getName().replace('.', '/');
        try (FileSystem content = FileSystems.newFileSystem(jar);
                var own = Files.newDirectoryStream(
                        classes.resolve(name).getParent(), BrokenJob.class.getSimpleName() + "*.class")) {
            for (Path file : own) {
                Path inside = content.getPath(classes.relativize(file).toString());
                Files.createDirectories(inside.getParent());
                Files.copy(file, inside, StandardCopyOption.REPLACE_EXISTING);
            }
            Manifest manifest = new Manifest();
            manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
            manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, BrokenJob.class.getName());
            try (OutputStream out = Files.newOutputStream(content.getPath("META-INF", "MANIFEST.MF"))) {
                manifest.write(out);
            }
        }
    }
}
