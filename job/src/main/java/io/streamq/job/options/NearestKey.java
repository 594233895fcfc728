package io.streamq.job.options;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Finds what a mistyped key most likely meant: the known one that is the fewest edits away. */
public final class NearestKey {
    private NearestKey() {}

    /** The nearest of the known keys; there must be one. */
    public static String to(String mistyped, List<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(key -> edits(mistyped, key)))
                .orElseThrow();
    }

    /** The nearest known key at most that many edits away, if any. */
    public static Optional<String> within(int edits, String mistyped, List<String> known) {
        return known.stream()
                .filter(key -> edits(mistyped, key) <= edits)
                .min(Comparator.comparingInt(key -> edits(mistyped, key)));
    }

    /** Levenshtein distance. */
    private static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int substituted = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
