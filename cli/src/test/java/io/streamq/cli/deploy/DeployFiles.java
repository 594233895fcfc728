package io.streamq.cli.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Reads docker-compose.yml, what is under deploy/, and what the poms say. */
final class DeployFiles {
    static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();
    static final Path COMPOSE = CHECKOUT.resolve("docker-compose.yml");
    static final Path DOCKERFILE = CHECKOUT.resolve("deploy/Dockerfile");
    static final Path KUBERNETES = CHECKOUT.resolve("deploy/kubernetes");
    static final List<String> OVERLAYS = List.of("small", "production");

    private static final ObjectMapper JSON = new ObjectMapper();

    private DeployFiles() {}

    static List<Path> all() throws IOException {
        List<Path> files = new ArrayList<>(List.of(COMPOSE));
        try (Stream<Path> deploy = Files.walk(CHECKOUT.resolve("deploy"))) {
            deploy.filter(Files::isRegularFile).sorted().forEach(files::add);
        }
        return files;
    }

    /** With anchors and merge keys resolved. */
    static JsonNode yaml(Path file) throws IOException {
        return yaml(Files.readString(file));
    }

    static JsonNode yaml(String text) {
        Object parsed = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
        return JSON.valueToTree(parsed);
    }

    /** What Kustomize makes of an overlay: its patches are maps that are laid over one another. */
    static JsonNode flinkDeployment(String overlay) throws IOException {
        JsonNode deployment = yaml(KUBERNETES.resolve("base/flinkdeployment.yaml"));
        overlay(deployment, yaml(KUBERNETES.resolve("base/site.yaml")));
        overlay(deployment, yaml(KUBERNETES.resolve("overlays/" + overlay + "/size.yaml")));
        return deployment;
    }

    private static void overlay(JsonNode under, JsonNode over) {
        over.properties().forEach(entry -> {
            JsonNode existing = under.get(entry.getKey());
            if (existing != null && existing.isObject() && entry.getValue().isObject()) {
                overlay(existing, entry.getValue());
            } else {
                ((ObjectNode) under).set(entry.getKey(), entry.getValue());
            }
        });
    }

    static Map<String, String> map(JsonNode map) {
        Map<String, String> strings = new LinkedHashMap<>();
        map.properties()
                .forEach(entry -> strings.put(entry.getKey(), entry.getValue().asText()));
        return strings;
    }

    static List<String> list(JsonNode list) {
        List<String> strings = new ArrayList<>();
        list.forEach(item -> strings.add(item.asText()));
        return strings;
    }

    /** As the image's entry point reads them: a line is an option, its first colon separates key and value. */
    static Map<String, String> flinkProperties(JsonNode service) {
        Map<String, String> properties = new LinkedHashMap<>();
        for (String line : service.at("/environment/FLINK_PROPERTIES").asText().split("\n", -1)) {
            String option = line.replaceAll("\\s", "");
            if (!option.isEmpty()) {
                int colon = option.indexOf(':');
                properties.put(option.substring(0, colon), option.substring(colon + 1));
            }
        }
        return properties;
    }

    /** The first element of that name in the pom of a module, or of the whole with {@code "."}. */
    static String pom(String module, String element) throws IOException {
        String pom = Files.readString(CHECKOUT.resolve(module).resolve("pom.xml"));
        Matcher found =
                Pattern.compile("<" + Pattern.quote(element) + ">([^<]+)<").matcher(pom);
        if (!found.find()) {
            throw new IllegalStateException("no <" + element + "> in the pom of " + module);
        }
        return found.group(1);
    }
}
