package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.cli.program.FlinkPaths;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.HighAvailabilityOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlinkSettingsTest {
    private static final ClusterSettings SETTINGS = new ClusterSettings(
            1,
            1,
            "hashmap",
            false,
            1,
            true,
            new ClusterSettings.Ports(8081, 20_001, List.of(9092), List.of(20_003), 20_002),
            Map.of());

    @TempDir
    private Path place;

    private ClusterFolder folder;

    @BeforeEach
    void writeThemForAFolderWithAnUnusualName() {
        folder = ClusterFolder.at(place.resolve("clü ster=#1 … 日本"));
        folder.create();
        new FlinkSettings(folder, SETTINGS).write();
    }

    /** As {@code FlinkZooKeeperQuorumPeer} does. */
    @Test
    void zooKeeperFindsItsFolderWhateverItsName() throws IOException {
        Properties read = new Properties();
        try (InputStream file = Files.newInputStream(folder.conf().resolve("zoo.cfg"))) {
            read.load(file);
        }
        assertThat(read)
                .containsEntry("dataDir", folder.zooKeeper().toString())
                .containsEntry("clientPort", "20002")
                .containsEntry("clientPortAddress", "127.0.0.1");
    }

    @Test
    void flinkFindsItsFoldersWhateverTheirNames() {
        Configuration read = GlobalConfiguration.loadConfiguration(folder.conf().toString());
        assertThat(read.get(CoreOptions.TMP_DIRS)).isEqualTo(folder.temporary().toString());
        assertThat(FlinkPaths.local(read.get(CheckpointingOptions.CHECKPOINTS_DIRECTORY)))
                .isEqualTo(folder.checkpoints());
        assertThat(FlinkPaths.local(read.get(HighAvailabilityOptions.HA_STORAGE_PATH)))
                .isEqualTo(folder.highAvailability());
    }
}
