package io.streamq.cli.program;

import java.nio.file.Path;

/** Local folders as Flink writes them: as URIs in which nothing is encoded, so a space is a space. */
public final class FlinkPaths {
    private FlinkPaths() {}

    /** What Flink is told of a folder. */
    public static String of(Path folder) {
        return new org.apache.flink.core.fs.Path(folder.toUri()).toString();
    }

    /** The folder that Flink tells of. */
    public static Path local(String told) {
        return Path.of(new org.apache.flink.core.fs.Path(told).toUri());
    }
}
