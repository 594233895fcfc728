package io.streamq.cli.savepoint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.streamq.cli.QTableReader;
import io.streamq.job.record.PolicyControl;
import io.streamq.learning.QRow;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.PolicyConfig;
import io.streamq.schemas.WireFormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
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
     * @param experiences that each policy applied: the first lines of the recorded FrozenLake
     * @param configurations in force, by policyId
     * @param rows the Q-table by {@code policyId/state}
     */
    record Expected(
            SortedMap<String, String> options,
            long experiences,
            SortedMap<String, Configured> configurations,
            SortedMap<String, Row> rows) {
        static Expected of(SortedMap<String, String> options, long experiences, Path savepoint) throws Exception {
            SortedMap<String, Configured> configurations = new TreeMap<>();
            ConfigurationsReader.read(savepoint)
                    .forEach((policyId, control) -> configurations.put(policyId, Configured.of(control)));
            SortedMap<String, Row> rows = new TreeMap<>();
            QTableReader.read(savepoint).forEach((key, row) -> rows.put(key, Row.of(row)));
            return new Expected(options, experiences, configurations, rows);
        }

        /** All that learnt: the one that nobody configured, too. */
        SortedSet<String> policies() {
            SortedSet<String> policies = new TreeSet<>(configurations.keySet());
            policies.add(RecordedLake.POLICY);
            return policies;
        }

        /** Those that go on learning. */
        SortedSet<String> learners() {
            SortedSet<String> learners = policies();
            learners.removeIf(policy -> configurations.containsKey(policy)
                    && configurations.get(policy).decoded().getFrozen());
            return learners;
        }

        /** How many records of the control topic were read, at the least. */
        long controls() {
            return configurations.values().stream()
                            .mapToLong(Configured::offset)
                            .max()
                            .orElse(-1)
                    + 1;
        }

        /** Of all rows. */
        long countVisits() {
            return rows.values().stream()
                    .flatMap(row -> row.visits.stream())
                    .flatMap(List::stream)
                    .mapToLong(visits -> visits)
                    .sum();
        }
    }

    /**
     * A configuration as it stood on the control topic.
     *
     * @param config in Avro, in base64, so that a schema with more fields changes nothing
     */
    record Configured(long offset, String config) {
        static Configured of(PolicyControl control) {
            return new Configured(control.offset(), Base64.getEncoder().encodeToString(control.config()));
        }

        PolicyConfig decoded() {
            try {
                return AvroCodec.policyConfig().decode(Base64.getDecoder().decode(config));
            } catch (WireFormatException e) {
                throw new AssertionError(config, e);
            }
        }
    }

    /**
     * A row, number for number; Java writes a double so that the same one is read.
     *
     * @param values by table and action
     * @param visits by table and action
     * @param legalActions a set of bits; {@code null} for all
     * @param remembered identities of experiences, the oldest first; {@code null} if it has no history
     */
    record Row(
            List<List<Double>> values,
            List<List<Long>> visits,
            @Nullable List<Long> legalActions,
            int greedyAction,
            long version,
            long epoch,
            double announcedValue,
            @Nullable List<Long> remembered) {
        static Row of(QRow row) {
            return new Row(
                    byTableAndAction(row, row::value),
                    byTableAndAction(row, row::visits),
                    boxed(row.legalActions()),
                    row.greedyAction(),
                    row.version(),
                    row.epoch(),
                    row.announcedValue(),
                    row.history() == null ? null : boxed(row.history().identities()));
        }

        private static @Nullable List<Long> boxed(long @Nullable [] numbers) {
            return numbers == null ? null : Arrays.stream(numbers).boxed().toList();
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
