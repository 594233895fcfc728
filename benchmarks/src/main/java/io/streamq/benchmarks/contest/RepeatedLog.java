package io.streamq.benchmarks.contest;

import io.streamq.cli.program.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;

/**
 * A topic whose first partitions hold all that was published; further ones can be made to hold the same. A record batch does not name its
 * partition, so they share the files of records, and disk and page cache hold these once.
 *
 * @param folder of the broker
 * @param published how many partitions, the first ones, hold what was published
 */
record RepeatedLog(Path folder, String topic, int published) {
    private static final String RECORDS = ".log";
    /** Names the partition's topic; the same for all partitions. */
    private static final String METADATA = "partition.metadata";

    /** Makes {@code times} as many further partitions hold the same, while the broker is down. */
    void repeat(int times) throws IOException {
        for (int partition = published; partition < published * (1 + times); partition++) {
            repeat(partition(partition % published), partition(partition));
        }
    }

    /**
     * Lets each repetition begin later than the one before, once the broker is up.
     *
     * @param apart by so many records
     */
    void beginApart(String bootstrapServers, int times, long apart) throws InterruptedException {
        Map<TopicPartition, RecordsToDelete> ahead = new HashMap<>();
        for (int partition = published; partition < published * (1 + times); partition++) {
            ahead.put(
                    new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(partition / published * apart));
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.deleteRecords(ahead).all().get();
        } catch (ExecutionException e) {
            throw new CommandFailure("the repetitions of the log could not be shortened: " + e.getCause(), e);
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
