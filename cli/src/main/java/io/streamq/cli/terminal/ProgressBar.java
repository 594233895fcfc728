package io.streamq.cli.terminal;

/** Draws a bar of Unicode blocks, to an eighth of a character. */
public final class ProgressBar {
    private static final String EIGHTHS = " ▏▎▍▌▋▊▉";
    private static final char FULL = '█';
    private static final char EMPTY = '░';

    private ProgressBar() {}

    /**
     * A bar of exactly {@code width} characters.
     *
     * @param fraction how much is done, clamped to [0, 1]
     */
    public static String of(double fraction, int width) {
        double clamped = Math.max(0, Math.min(1, fraction));
        int eighths = (int) (clamped * width * 8);
        StringBuilder bar = new StringBuilder(width);
        bar.append(String.valueOf(FULL).repeat(eighths / 8));
        if (eighths % 8 > 0) {
            bar.append(EIGHTHS.charAt(eighths % 8));
        }
        return bar.append(String.valueOf(EMPTY).repeat(width - bar.length())).toString();
    }
}
