package io.streamq.job.options;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.jspecify.annotations.Nullable;

/** Reads options one by one and collects their violations, to report all of them together. */
final class OptionReader {
    /** Kafka counts milliseconds in 31 bits. */
    private static final Duration LONGEST = Duration.ofDays(24);

    private final Map<String, String> given;
    private final Configuration configuration = new Configuration();
    private final List<String> violations = new ArrayList<>();

    /** @param given {@code streamq.*} keys and their text */
    OptionReader(Map<String, String> given) {
        this.given = new TreeMap<>(given);
        this.given.forEach(configuration::setString);
        refuseUnknownKeys();
    }

    private void refuseUnknownKeys() {
        List<String> known =
                StreamQOptions.all().stream().map(ConfigOption::key).toList();
        for (String key : given.keySet()) {
            if (!known.contains(key) && !isClientSetting(key)) {
                violated(key + " is not an option of StreamQ; the nearest is " + NearestKey.to(key, known));
            }
        }
    }

    private static boolean isClientSetting(String key) {
        return key.startsWith(StreamQOptions.KAFKA_CLIENT_PREFIX)
                && key.length() > StreamQOptions.KAFKA_CLIENT_PREFIX.length();
    }

    /** Settings for every Kafka client, unchanged. */
    Map<String, String> clientSettings() {
        Map<String, String> settings = new TreeMap<>();
        given.forEach((key, value) -> {
            if (isClientSetting(key)) {
                settings.put(key.substring(StreamQOptions.KAFKA_CLIENT_PREFIX.length()), value);
            }
        });
        return settings;
    }

    void violated(String violation) {
        violations.add(violation);
    }

    /** @throws InvalidOptionsException if anything was */
    void throwIfViolated() {
        if (!violations.isEmpty()) {
            throw new InvalidOptionsException(violations);
        }
    }

    boolean isGiven(ConfigOption<?> option) {
        return configuration.contains(option);
    }

    String notBlank(ConfigOption<String> option) {
        return valid(option, text -> !text.isBlank(), "not empty");
    }

    Duration duration(ConfigOption<Duration> option, Duration least) {
        return valid(
                option,
                duration -> duration.compareTo(least) >= 0 && duration.compareTo(LONGEST) <= 0,
                "in [" + least.toMillis() + " ms, " + LONGEST.toDays() + " d]");
    }

    <T> T any(ConfigOption<T> option) {
        return valid(option, value -> true, "");
    }

    /** The value of an option that may be omitted, or {@code null}. */
    <T> @Nullable T optional(ConfigOption<T> option, T fallback) {
        return isGiven(option) ? required(option, fallback, value -> true, "") : null;
    }

    /** The value, or the default after noting a violation, so that reading continues and finds the rest. */
    <T> T valid(ConfigOption<T> option, Predicate<T> rule, String expected) {
        return required(option, option.defaultValue(), rule, expected);
    }

    <T> T required(ConfigOption<T> option, T fallback, Predicate<T> rule, String expected) {
        if (!option.hasDefaultValue() && !isGiven(option)) {
            violated(option.key() + " is required: give --" + option.key() + "=VALUE");
            return fallback;
        }
        T value;
        try {
            value = configuration.get(option);
        } catch (IllegalArgumentException e) {
            violated(option.key() + " cannot be read from '" + given.get(option.key()) + "': " + rootMessage(e));
            return fallback;
        }
        if (!rule.test(value)) {
            violated(option.key() + " must be " + expected + ": got " + value);
            return fallback;
        }
        return value;
    }

    private static String rootMessage(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
