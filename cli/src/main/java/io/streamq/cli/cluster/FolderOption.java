package io.streamq.cli.cluster;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Selects the cluster. */
final class FolderOption {
    @Option(
            names = "--dir",
            paramLabel = "DIR",
            description = "Folder in which the cluster keeps everything. Default: ${DEFAULT-VALUE}")
    private Path root = Path.of(".streamq-cluster");

    ClusterFolder folder() {
        return ClusterFolder.at(root);
    }
}
