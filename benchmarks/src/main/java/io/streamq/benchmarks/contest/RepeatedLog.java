package io.streamq.benchmarks.contest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * A topic, while its broker is down, whose first partitions hold all that was published; further ones can be made to hold the same. A record
 * batch does not name its partition, so they share the files of records, and disk and page cache hold these once.
 *
 * @param folder of the broker
 * @param published how many partitions, the first ones, hold what was published
 */
record RepeatedLog(Path folder, String topic, int published) {
    private static final String RECORDS = ".log";
    /** Names the partition's topic; the same for all partitions. */
    private static final String METADATA = "partition.metadata";

    /** Makes {@code times} as many further partitions hold the same. */
    void repeat(int times) throws IOException {
        for (int partition = published; partition < published * (1 + times); partition++) {
            repeat(partition(partition % published), partition(partition));
        }
    }

    private Path partition(int number) {
        return folder.resolve(topic + "-" + number);
    }

    private static void repeat(Path from, Path to) throws IOException {
        for (Path empty : files(to)) {
            if (!empty.endsWith(METADATA)) {
                Files.delete(empty);
            }
        }
        for (Path file : files(from)) {
            Path same = to.resolve(file.getFileName());
            if (file.toString().endsWith(RECORDS)) {
                Files.createLink(same, file);
            } else {
                // A broker writes to these while it runs.
                Files.copy(file, same, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static List<Path> files(Path partition) throws IOException {
        try (Stream<Path> files = Files.list(partition)) {
            return files.toList();
        }
    }
}
