package io.streamq.cli.savepoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.streamq.learning.QRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A savepoint that a release wrote, in canonical format, and beside it what stands in it: {@code
 * savepoints/RELEASE/CONFIGURATION/}, {@code _metadata} and {@code expected.json}. All state is in {@code _metadata}, as there is
 * little of it, so the folder can lie anywhere.
 */
record KeptSavepoint(Path folder) {
    /** Relative to the module, where Maven runs tests. */
    static final Path ROOT = Path.of("src", "test", "resources", "savepoints");

    private static final String EXPECTED = "expected.json";
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /**
     * What the savepoint was made of and what it holds.
     *
     * @param options of the job, without the broker
     * @param experiences that were applied: the first lines of the recorded FrozenLake
     * @param rows the Q-table by {@code policyId/state}
     */
    record Expected(SortedMap<String, String> options, long experiences, SortedMap<String, Row> rows) {}

    /**
     * A row, number for number; Java writes a double so that the same one is read.
     *
     * @param values by table and action
     * @param visits by table and action
     * @param legalActions a set of bits; {@code null} for all
     */
    record Row(
            List<List<Double>> values,
            List<List<Long>> visits,
            @Nullable List<Long> legalActions,
            int greedyAction,
            long version,
            long epoch,
            double announcedValue) {
        static Row of(QRow row) {
            return new Row(
                    byTableAndAction(row, row::value),
                    byTableAndAction(row, row::visits),
                    row.legalActions() == null
                            ? null
                            : Arrays.stream(row.legalActions()).boxed().toList(),
                    row.greedyAction(),
                    row.version(),
                    row.epoch(),
                    row.announcedValue());
        }

        private interface Entry<T> {
            T of(int table, int action);
        }

        private static <T> List<List<T>> byTableAndAction(QRow row, Entry<T> entry) {
            return IntStream.range(0, row.tables())
                    .mapToObj(table -> IntStream.range(0, row.actions())
                            .mapToObj(action -> entry.of(table, action))
                            .toList())
                    .toList();
        }
    }

    /** All that are kept, of all releases. */
    static List<KeptSavepoint> all() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.endsWith(EXPECTED))
                    .map(file -> new KeptSavepoint(file.getParent()))
                    .sorted((one, other) -> one.folder.compareTo(other.folder))
                    .toList();
        }
    }

    static SortedMap<String, Row> rows(Map<String, QRow> table) {
        SortedMap<String, Row> rows = new TreeMap<>();
        table.forEach((key, row) -> rows.put(key, Row.of(row)));
        return rows;
    }

    Expected expected() throws IOException {
        return JSON.readValue(folder.resolve(EXPECTED).toFile(), Expected.class);
    }

    /** Keeps a savepoint here. */
    void keep(Path savepoint, Expected expected) throws IOException {
        Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(savepoint)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Files.writeString(folder.resolve(EXPECTED), JSON.writeValueAsString(expected) + System.lineSeparator());
    }

    @Override
    public String toString() {
        return ROOT.relativize(folder).toString();
    }
}
