package io.streamq.job.options;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Options on a command line: {@code --streamq.x.y=value} or {@code --streamq.x.y value}, and {@code --bootstrap-servers} for short. */
public final class JobArguments {
    private static final String SHORT_BOOTSTRAP_SERVERS = "bootstrap-servers";

    private JobArguments() {}

    /**
     * Reads a command line.
     *
     * @return keys and values in the order given
     * @throws InvalidOptionsException naming every argument that is not an option, has no value, or occurs twice
     */
    public static Map<String, String> parse(List<String> arguments) {
        Map<String, String> options = new LinkedHashMap<>();
        List<String> violations = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!argument.startsWith("--")) {
                violations.add("an option must look like --streamq.policy.discount=0.95: got '" + argument + "'");
                continue;
            }
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument.substring(2) : argument.substring(2, equals);
            boolean valueFollows = equals < 0
                    && i + 1 < arguments.size()
                    && !arguments.get(i + 1).startsWith("--");
            if (equals < 0 && !valueFollows) {
                violations.add("--" + name + " has no value; write --" + name + "=VALUE");
                continue;
            }
            String value = valueFollows ? arguments.get(++i) : argument.substring(equals + 1);
            String key = name.equals(SHORT_BOOTSTRAP_SERVERS) ? StreamQOptions.BOOTSTRAP_SERVERS.key() : name;
            if (options.put(key, value) != null) {
                violations.add("--" + name + " is given twice");
            }
        }
        if (!violations.isEmpty()) {
            throw new InvalidOptionsException(violations);
        }
        return options;
    }
}
