package io.streamq.cli.experiment;

import io.streamq.cli.terminal.Quantities;
import io.streamq.cli.terminal.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rows of text and numbers under named columns, for people, programs and spreadsheets. */
final class Sheet {
    private final List<String> columns;
    private final List<List<@Nullable Object>> rows = new ArrayList<>();

    Sheet(String... columns) {
        this.columns = List.of(columns);
    }

    /** Adds a row of texts, numbers, and null for empty cells. */
    void add(@Nullable Object... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(
                    "a row must have one cell per column: got " + cells.length + " cells for " + columns);
        }
        List<@Nullable Object> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(cell);
        }
        rows.add(row);
    }

    /** Comma-separated values (RFC 4180), numbers in full. */
    String csv() {
        StringBuilder csv = new StringBuilder(line(columns));
        rows.forEach(row -> csv.append(line(row)));
        return csv.toString();
    }

    private static String line(List<? extends @Nullable Object> cells) {
        return cells.stream().map(Sheet::quoted).collect(Collectors.joining(",", "", "\n"));
    }

    private static String quoted(@Nullable Object cell) {
        String text = cell == null ? "" : cell.toString();
        return text.indexOf(',') < 0 && text.indexOf('"') < 0 ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    /** A map by column for each row. */
    List<Map<String, @Nullable Object>> records() {
        List<Map<String, @Nullable Object>> records = new ArrayList<>();
        for (List<@Nullable Object> row : rows) {
            Map<String, @Nullable Object> record = new LinkedHashMap<>();
            for (int i = 0; i < row.size(); i++) {
                record.put(columns.get(i), row.get(i));
            }
            records.add(record);
        }
        return records;
    }

    /** With columns of numbers aligned right. */
    Table table() {
        Table table = new Table();
        for (int i = 0; i < columns.size(); i++) {
            if (holdsNumbers(i)) {
                table.number(columns.get(i));
            } else {
                table.text(columns.get(i));
            }
        }
        rows.forEach(row -> table.row(row.stream().map(Sheet::readable).toArray()));
        return table;
    }

    /** The table as Markdown. */
    String markdown() {
        StringBuilder page = new StringBuilder("| " + String.join(" | ", columns) + " |\n|");
        for (int i = 0; i < columns.size(); i++) {
            page.append(holdsNumbers(i) ? " ---: |" : " --- |");
        }
        for (List<@Nullable Object> row : rows) {
            page.append(row.stream()
                    .map(cell -> cell == null ? "" : readable(cell))
                    .collect(Collectors.joining(" | ", "\n| ", " |")));
        }
        return page.append('\n').toString();
    }

    private boolean holdsNumbers(int column) {
        return rows.stream().map(row -> row.get(column)).allMatch(cell -> cell == null || cell instanceof Number);
    }

    private static @Nullable String readable(@Nullable Object cell) {
        if (cell instanceof Double number) {
            double magnitude = Math.abs(number);
            return magnitude < 10
                    ? Quantities.value(number)
                    : String.format(Locale.ROOT, magnitude < 100 ? "%.2f" : "%,.0f", number);
        }
        return cell instanceof Long || cell instanceof Integer
                ? Quantities.count(((Number) cell).longValue())
                : cell == null ? null : cell.toString();
    }
}
