package io.streamq.schemas;

import org.jspecify.annotations.Nullable;

/** Finds in a Java string what UTF-8 cannot write, and would silently turn into a question mark: so one state would become another. */
public final class Surrogates {
    private Surrogates() {}

    /** What a text with half a character must be instead, in words that follow its field's name; {@code null} if it has none. */
    public static @Nullable String violation(String text) {
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            if (character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE) {
                return String.format(
                        "must be text that UTF-8 can write: got half a character, U+%04X, at index %d; cut no text inside a"
                                + " surrogate pair",
                        character, i);
            }
            i += Character.charCount(character);
        }
        return null;
    }
}
