package io.streamq.cli.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.streamq.cli.program.CommandFailure;
import io.streamq.schemas.PolicyConfig;
import io.streamq.schemas.PolicyKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A file with the output of {@code streamq config list --json}.
 *
 * @param configs of each policy; not validated
 * @param without policies without a valid configuration on the topic when the file was written, except
 *     deleted ones
 * @param wrong what cannot be read, a sentence each
 */
record SavedConfigurations(Map<String, PolicyConfig> configs, List<String> without, List<String> wrong) {
    private static final ObjectReader JSON = new ObjectMapper()
            .reader()
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    /** @throws CommandFailure if there is no such file, or it is no text */
    static SavedConfigurations read(Path file) {
        SavedConfigurations saved = new SavedConfigurations(new TreeMap<>(), new ArrayList<>(), new ArrayList<>());
        try {
            int number = 0;
            for (String line : Files.readAllLines(file)) {
                number++;
                if (!line.isBlank()) {
                    saved.take("line " + number, line);
                }
            }
            return saved;
        } catch (NoSuchFileException e) {
            throw new CommandFailure("there is no file '" + file + "'", e);
        } catch (IOException e) {
            throw new CommandFailure("the file cannot be read: '" + file + "' (" + e + ")", e);
        }
    }

    private void take(String where, String line) {
        JsonNode policy;
        try {
            policy = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            wrong.add(where + " must be a policy as 'streamq config list --json' prints it: " + e.getOriginalMessage());
            return;
        }
        String policyId = policy.path("policyId").asText();
        if (!PolicyKey.isPolicyId(policyId)) {
            wrong.add(where + " must have a policyId of " + PolicyKey.RULE + ": got '" + policyId + "'");
        } else if (policy.path("config").isObject()) {
            PolicyConfig config = config(where, policyId, policy.get("config"));
            if (configs.put(policyId, config) != null) {
                wrong.add(where + " lists policy '" + policyId + "' again");
            }
        } else if (!policy.path("deleted").asBoolean()) {
            without.add(policyId);
        }
    }

    /** Absent fields have the schema's default: null is not printed, and is the default of every nullable field. */
    private PolicyConfig config(String where, String policyId, JsonNode told) {
        PolicyConfig config = ConfigFields.defaults();
        told.properties().forEach(field -> {
            try {
                ConfigFields.set(config, field.getKey(), field.getValue().asText());
            } catch (IllegalArgumentException e) {
                wrong.add(where + ", policy '" + policyId + "': " + e.getMessage());
            }
        });
        return config;
    }
}
