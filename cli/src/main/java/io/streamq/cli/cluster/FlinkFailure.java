package io.streamq.cli.cluster;

import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes a readable message of a failure that Flink reports as a stack trace. */
final class FlinkFailure {
    private static final String CAUSE = "Caused by: ";
    private static final Pattern THROWN =
            Pattern.compile("(?:[a-z]\\w*\\.)+(?<type>[A-Z][\\w$]*): (?<message>.*)", Pattern.DOTALL);

    private FlinkFailure() {}

    /** The message of the innermost cause that has one, all lines of it. */
    static String sentence(String stackTrace) {
        Predicate<String> isFrame = line -> line.startsWith("\tat ") || line.startsWith("\t...");
        StringBuilder root = new StringBuilder();
        boolean inMessage = true;
        for (String line : stackTrace.lines().toList()) {
            if (isFrame.test(line)) {
                inMessage = false;
            } else if (line.startsWith(CAUSE)) {
                String cause = line.substring(CAUSE.length());
                inMessage = cause.contains(": ");
                if (inMessage) {
                    root.setLength(0);
                    root.append(cause);
                }
            } else if (inMessage) {
                root.append(root.isEmpty() ? "" : System.lineSeparator()).append(line);
            }
        }
        return withoutClass(root.toString().strip());
    }

    /** A sentence needs no class name before it; anything shorter does. */
    private static String withoutClass(String message) {
        Matcher thrown = THROWN.matcher(message);
        if (!thrown.matches()) {
            return message;
        }
        boolean isSentence = thrown.group("message").contains(" ");
        return isSentence ? thrown.group("message") : thrown.group("type") + ": " + thrown.group("message");
    }
}
