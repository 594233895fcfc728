package io.streamq.cli.replay;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.streamq.cli.program.CommandFailure;
import io.streamq.cli.terminal.Terminal;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Recorded experience, read line by line: CSV with a header ({@code .csv}) or an object of JSON per line ({@code .jsonl}, {@code
 * .ndjson}), plain or gzipped ({@code .gz}). Columns are named as in {@code Experience}, in snake_case or camelCase; state,
 * action, reward, next_state and terminated are required. Empty lines are skipped.
 *
 * <p>Each line is a record, even within quotes: so a broken quote costs one line, not the rest of the file, and a bad line has a
 * number. Holds one line in memory.
 */
public final class ExperienceLog implements Iterator<LogLine>, AutoCloseable {
    private static final ObjectReader JSON = new ObjectMapper()
            .reader()
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /** What decoding substitutes for bytes that are not UTF-8. */
    private static final char REPLACEMENT = '\uFFFD';

    private final Path file;
    private final CountingInput bytes;
    private final long size;
    private final BufferedReader reader;
    private final Consumer<String> warnings;
    private final Set<String> unknownColumns = new HashSet<>();
    private final Fields fields = new Fields();

    /** The field of each CSV column, null for those that are ignored; null as a whole for JSON lines. */
    private final @Nullable List<@Nullable Field> columns;

    private long lineNumber;

    /** The line that {@link #next} will parse; null if it must be read first, or there is none. */
    private @Nullable String nextLine;

    /**
     * Opens a log; reads the header of CSV.
     *
     * @param warnings is told once of each column that is ignored
     * @throws CommandFailure if the file cannot be read, is of an unknown kind or lacks a required column
     */
    public static ExperienceLog open(Path file, Consumer<String> warnings) {
        // A root has no name.
        Path lastName = file.getFileName();
        String name = lastName == null ? "" : lastName.toString().toLowerCase(Locale.ROOT);
        boolean gzipped = name.endsWith(".gz");
        String bareName = gzipped ? name.substring(0, name.length() - ".gz".length()) : name;
        boolean csv = bareName.endsWith(".csv");
        if (!csv && !bareName.endsWith(".jsonl") && !bareName.endsWith(".ndjson")) {
            throw new CommandFailure(
                    "the name of a log must end in .csv, .jsonl or .ndjson, with .gz if it is gzipped: got '" + file
                            + "'");
        }
        try {
            return new ExperienceLog(file, gzipped, csv, warnings);
        } catch (NoSuchFileException e) {
            throw new CommandFailure("there is no file '" + file + "'", e);
        } catch (IOException e) {
            throw unreadable(file, 0, e);
        }
    }

    private ExperienceLog(Path file, boolean gzipped, boolean csv, Consumer<String> warnings) throws IOException {
        this.file = file;
        this.warnings = warnings;
        this.size = Files.size(file);
        // Not a channel of our own, which an interrupt would close in mid-line.
        this.bytes = new CountingInput(Files.newInputStream(file));
        try {
            InputStream buffered = new BufferedInputStream(bytes);
            InputStream plain = gzipped ? new GZIPInputStream(buffered) : buffered;
            this.reader = new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8));
            this.columns = csv ? readHeader() : null;
        } catch (IOException | RuntimeException e) {
            bytes.close();
            throw e;
        }
    }

    /** The fraction of the file read, in [0, 1]; a little ahead of the lines, as bytes are read in blocks. */
    public double progress() {
        return size == 0 ? 1 : Math.min(1, (double) bytes.count() / size);
    }

    @Override
    public boolean hasNext() {
        if (nextLine == null) {
            try {
                nextLine = readLine();
            } catch (IOException e) {
                throw unreadable(file, lineNumber, e);
            }
        }
        return nextLine != null;
    }

    /**
     * The next line's experience, or why it holds none.
     *
     * @throws CommandFailure if the file cannot be read further
     */
    @Override
    public LogLine next() {
        if (!hasNext() || nextLine == null) {
            throw new NoSuchElementException("the log has ended: " + file);
        }
        String line = nextLine;
        nextLine = null;
        try {
            if (line.indexOf(REPLACEMENT) >= 0) {
                throw new BadLineException("the line must be UTF-8: it holds bytes that are not");
            }
            fields.clear();
            if (columns == null) {
                readJson(line);
            } else {
                readCsv(line, columns);
            }
            return new LoggedExperience(lineNumber, fields.toExperience());
        } catch (BadLineException e) {
            return new BadLine(lineNumber, line, e.reason());
        }
    }

    @Override
    public void close() {
        try {
            reader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next line that is not empty. */
    private @Nullable String readLine() throws IOException {
        String line;
        do {
            line = reader.readLine();
            lineNumber++;
            if (lineNumber == 1 && line != null && line.startsWith(BYTE_ORDER_MARK)) {
                line = line.substring(BYTE_ORDER_MARK.length());
            }
        } while (line != null && line.isBlank());
        return line;
    }

    private List<@Nullable Field> readHeader() throws IOException {
        String header = readLine();
        if (header == null) {
            throw new CommandFailure("'" + file + "' is empty: a CSV log must begin with the names of its columns");
        }
        List<String> names;
        try {
            names = split(header);
        } catch (BadLineException e) {
            throw new CommandFailure("the header of '" + file + "' is not CSV: " + e.reason(), e);
        }
        List<@Nullable Field> found = new ArrayList<>();
        for (String name : names) {
            Field field = Field.of(name);
            if (field == null) {
                reportUnknown(name);
            } else if (found.contains(field)) {
                throw new CommandFailure("'" + file + "' has two columns named " + field);
            }
            found.add(field);
        }
        List<Field> missing =
                Field.REQUIRED.stream().filter(field -> !found.contains(field)).toList();
        if (!missing.isEmpty()) {
            throw new CommandFailure("'" + file + "' must have the columns " + Field.REQUIRED + ": missing " + missing
                    + ", found " + Terminal.printable(names.toString()));
        }
        return found;
    }

    private void readCsv(String line, List<@Nullable Field> header) throws BadLineException {
        List<String> values = split(line);
        if (values.size() != header.size()) {
            throw new BadLineException(
                    "the line must have " + header.size() + " values, as the header has: got " + values.size());
        }
        for (int column = 0; column < values.size(); column++) {
            Field field = header.get(column);
            if (field != null) {
                fields.set(field, values.get(column));
            }
        }
    }

    /** Lines without quotes, nearly all, need no parser. */
    private static List<String> split(String line) throws BadLineException {
        if (line.indexOf('"') < 0) {
            return splitAtCommas(line);
        }
        requireQuotesBeforeValues(line);
        try (CSVParser parser = CSVParser.parse(line, CSVFormat.RFC4180)) {
            List<CSVRecord> records = parser.getRecords();
            return records.get(0).toList();
        } catch (IOException | UncheckedIOException | IllegalStateException e) {
            throw new BadLineException("quotes must be closed and enclose whole values (" + e.getMessage() + ")");
        }
    }

    /** A quote inside a value is most likely half of a pair that spanned lines, and would pass for a character. */
    private static void requireQuotesBeforeValues(String line) throws BadLineException {
        boolean quoted = false;
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) == '"') {
                if (!quoted && i > 0 && line.charAt(i - 1) != ',' && line.charAt(i - 1) != '"') {
                    throw new BadLineException(
                            "quotes must be closed and enclose whole values (one is inside a value, at character "
                                    + (i + 1) + ")");
                }
                quoted = !quoted;
            }
        }
    }

    private static List<String> splitAtCommas(String line) {
        List<String> values = new ArrayList<>();
        int start = 0;
        for (int comma = line.indexOf(','); comma >= 0; comma = line.indexOf(',', start)) {
            values.add(line.substring(start, comma));
            start = comma + 1;
        }
        values.add(line.substring(start));
        return values;
    }

    private void readJson(String line) throws BadLineException {
        JsonNode object;
        try {
            object = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new BadLineException("the line must be one JSON object: " + e.getOriginalMessage());
        }
        if (!object.isObject()) {
            throw new BadLineException("the line must be a JSON object: got " + object.getNodeType());
        }
        Map<Field, String> names = new EnumMap<>(Field.class);
        for (Map.Entry<String, JsonNode> property : object.properties()) {
            String name = property.getKey();
            Field field = Field.of(name);
            if (field == null) {
                reportUnknown(name);
                continue;
            }
            String other = names.put(field, name);
            if (other != null) {
                throw new BadLineException(
                        field + " must be given once: got it as '" + other + "' and as '" + name + "'");
            }
            fields.set(field, text(property.getValue()));
        }
    }

    /** A state may be any JSON; its text is its name. */
    private static @Nullable String text(JsonNode value) {
        if (value.isNull()) {
            return null;
        }
        return value.isValueNode() ? value.asText() : value.toString();
    }

    private void reportUnknown(String column) {
        if (unknownColumns.add(column)) {
            warnings.accept(
                    "column '" + Terminal.printable(column) + "' of " + file.getFileName() + " is unknown and ignored");
        }
    }

    private static CommandFailure unreadable(Path file, long afterLine, IOException cause) {
        String where = afterLine == 0 ? "" : " after line " + afterLine;
        String why = cause instanceof EOFException
                ? "it ends in the middle of its compressed data"
                : cause instanceof ZipException
                        ? "it is not gzipped, or damaged (" + cause.getMessage() + ")"
                        : cause.toString();
        return new CommandFailure("'" + file + "' cannot be read" + where + ": " + why, cause);
    }
}
