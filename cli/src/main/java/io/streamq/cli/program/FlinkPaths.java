package io.streamq.cli.program;

import java.nio.file.Path;

/** Local folders in Flink's notation: URIs without encoding, so a space is a space. */
public final class FlinkPaths {
    private FlinkPaths() {}

    /** The folder in Flink's notation. */
    public static String of(Path folder) {
        return new org.apache.flink.core.fs.Path(folder.toUri()).toString();
    }

    /** The folder that Flink names. */
    public static Path local(String told) {
        return Path.of(new org.apache.flink.core.fs.Path(told).toUri());
    }
}
