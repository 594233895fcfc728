package io.streamq.cli.terminal;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A table of text: a header, one line per row, columns as wide as their widest cell, numbers aligned right. {@link #line}
 * lays out later rows under the same columns.
 */
public final class Table {
    private static final String GAP = "  ";

    private record Column(String name, boolean toTheRight) {}

    private final List<Column> columns = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();
    private final List<Integer> widths = new ArrayList<>();
    private final Set<String> leftOut = new HashSet<>();

    /** Adds a column of text. */
    public Table text(String name) {
        return column(new Column(name, false));
    }

    /** Adds a column of numbers. */
    public Table number(String name) {
        return column(new Column(name, true));
    }

    /** Widens the last column added, for later rows by {@link #line}. */
    public Table atLeast(int width) {
        int last = widths.size() - 1;
        widths.set(last, Math.max(widths.get(last), width));
        return this;
    }

    /** Drops columns, in the order named, until the table is no wider than {@code width} or all of them are dropped. */
    public Table narrowTo(int width, String... expendable) {
        for (String name : expendable) {
            if (width() > width) {
                leftOut.add(name);
            }
        }
        return this;
    }

    private int width() {
        int width = -GAP.length();
        for (int i = 0; i < columns.size(); i++) {
            width += isShown(i) ? widths.get(i) + GAP.length() : 0;
        }
        return width;
    }

    private boolean isShown(int column) {
        return !leftOut.contains(columns.get(column).name());
    }

    private Table column(Column column) {
        columns.add(column);
        widths.add(width(column.name()));
        return this;
    }

    /** Adds a row, one cell per column; null is an empty cell. */
    public Table row(@Nullable Object... cells) {
        List<String> row = cells(cells);
        rows.add(row);
        widen(row);
        return this;
    }

    /** Widens the columns for a row that comes later by {@link #line}, and keeps nothing of it: of rows there may be millions. */
    public Table widenFor(@Nullable Object... cells) {
        widen(cells(cells));
        return this;
    }

    private void widen(List<String> row) {
        for (int i = 0; i < row.size(); i++) {
            widths.set(i, Math.max(widths.get(i), width(row.get(i))));
        }
    }

    /** The header and all rows. */
    public List<String> lines(Terminal terminal) {
        List<String> lines = new ArrayList<>();
        lines.add(header(terminal));
        rows.forEach(row -> lines.add(layOut(row)));
        return lines;
    }

    /** The names of the columns, for rows that follow by {@link #line}. */
    public String header(Terminal terminal) {
        return terminal.styled(
                Style.TITLE, layOut(columns.stream().map(Column::name).toList()));
    }

    /** A row under the columns as they are; a cell too wide shifts the rest of its line. */
    public String line(@Nullable Object... cells) {
        return layOut(cells(cells));
    }

    private List<String> cells(@Nullable Object[] cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(
                    "a row must have one cell per column: got " + cells.length + " cells for " + columns);
        }
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(cell == null ? "" : Terminal.printable(cell.toString()));
        }
        return row;
    }

    private String layOut(List<String> row) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < row.size(); i++) {
            if (isShown(i)) {
                String padding = " ".repeat(Math.max(0, widths.get(i) - width(row.get(i))));
                line.append(line.isEmpty() ? "" : GAP);
                line.append(columns.get(i).toTheRight() ? padding + row.get(i) : row.get(i) + padding);
            }
        }
        return line.toString().stripTrailing();
    }

    private static int width(String cell) {
        return cell.codePointCount(0, cell.length());
    }
}
