package io.streamq.cli.readme;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The README of the repository, taken apart. */
final class Readme {
    static final Path FILE = Path.of("..", "README.md");

    private static final Pattern BLOCK = Pattern.compile("(?:<!-- (.*?) -->\n)?```(\\w*)\n(.*?)```\n", Pattern.DOTALL);

    private final String text;

    private Readme(String text) {
        this.text = text;
    }

    static Readme read() {
        try {
            return new Readme(Files.readString(FILE));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String text() {
        return text;
    }

    /** Code between fences. The remark is what a comment in the line before says, empty if there is none. */
    record Block(String remark, String language, String code) {
        List<String> lines() {
            return code.lines().toList();
        }
    }

    List<Block> blocks(String language) {
        return BLOCK.matcher(text)
                .results()
                .map(Readme::block)
                .filter(block -> block.language().equals(language))
                .toList();
    }

    /** The one block with this remark. */
    Block block(String language, String remark) {
        List<Block> found = blocks(language).stream()
                .filter(block -> block.remark().equals(remark))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError(
                    "the README must have one " + language + " block that is '" + remark + "': got " + found.size());
        }
        return found.get(0);
    }

    private static Block block(MatchResult match) {
        return new Block(match.group(1) == null ? "" : match.group(1), match.group(2), match.group(3));
    }
}
