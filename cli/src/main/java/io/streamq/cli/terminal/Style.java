package io.streamq.cli.terminal;

/** Text styles where there are colors, by meaning, so that one place decides what a warning looks like. */
public enum Style {
    TITLE("1"),
    QUIET("2"),
    GOOD("32"),
    WARNING("33"),
    BAD("31"),
    ACCENT("36");

    private final String code;

    Style(String code) {
        this.code = code;
    }

    String apply(String text) {
        return "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
