package io.streamq.cli.deploy;

import static org.assertj.core.api.Assertions.assertThat;

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

    /** What Kustomize makes of an overlay, of the two fields that are used: resources, one each, and patches that are files. */
    static JsonNode flinkDeployment(String overlay) throws IOException {
        return kustomized(KUBERNETES.resolve("overlays").resolve(overlay));
    }

    private static JsonNode kustomized(Path folder) throws IOException {
        JsonNode kustomization = yaml(folder.resolve("kustomization.yaml"));
        List<String> fields = new ArrayList<>();
        kustomization.fieldNames().forEachRemaining(fields::add);
        assertThat(fields).as("%s", folder).containsExactly("apiVersion", "kind", "resources", "patches");
        assertThat(kustomization.get("resources")).hasSize(1);

        Path resource = folder.resolve(kustomization.at("/resources/0").asText());
        JsonNode made = Files.isDirectory(resource) ? kustomized(resource) : yaml(resource);
        for (JsonNode patch : kustomization.get("patches")) {
            assertThat(patch.properties()).hasSize(1);
            JsonNode over = yaml(folder.resolve(patch.get("path").asText()));
            for (String identity : List.of("/apiVersion", "/kind", "/metadata/name")) {
                assertThat(over.at(identity))
                        .as("%s, so that it finds its target", patch)
                        .isEqualTo(made.at(identity));
            }
            overlay(made, over);
        }
        return made;
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

    /** The part of the Dockerfile that makes an image. */
    static String stage(String image) throws IOException {
        String all = Files.readString(DOCKERFILE);
        int start = all.indexOf(" AS " + image + "\n");
        int end = all.indexOf("\nFROM ", start);
        return all.substring(start, end < 0 ? all.length() : end);
    }

    /** What is copied into an image: places in the checkout, and where they end up. */
    static Map<String, String> copies(String image) throws IOException {
        Map<String, String> copies = new LinkedHashMap<>();
        Pattern.compile("(?m)^COPY (\\S+) (\\S+)$")
                .matcher(stage(image))
                .results()
                .forEach(copy -> copies.put(copy.group(1), copy.group(2)));
        return copies;
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
