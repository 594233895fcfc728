package io.streamq.benchmarks.contest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * A topic some of whose partitions hold all that was published, while their broker is down: the others may hold the same. A batch of records
 * does not tell its partition, so they share the files that the records stand in, and disk and page cache hold them once.
 *
 * @param folder of the broker
 * @param published how many partitions hold what was published: the first ones
 */
record RepeatedLog(Path folder, String topic, int published) {
    private static final String RECORDS = ".log";
    /** Says which topic the partition is of: all have that. */
    private static final String METADATA = "partition.metadata";

    /** Lets as many further partitions hold the same again. */
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
