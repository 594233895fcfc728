package io.streamq.cli.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.streamq.cli.Invocation;
import io.streamq.job.OperatorUids;
import io.streamq.job.StreamQJob;
import io.streamq.job.kafka.PolicyCatalog;
import io.streamq.job.options.JobArguments;
import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions;
import io.streamq.schemas.Topics;
import io.streamq.simulation.FrozenLake;
import io.streamq.simulation.World;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.clusterframework.TaskExecutorProcessUtils;
import org.apache.flink.runtime.jobgraph.JobVertex;
import org.apache.flink.runtime.jobmanager.JobManagerProcessUtils;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever docker-compose.yml and deploy/ name exists in the build; no engine and no cluster is needed to find out. */
class DeployFilesTest {
    /** Options of the Flink Kubernetes Operator, which is not on the class path; from its 1.15 reference of options. */
    private static final Set<String> OPERATOR_OPTIONS =
            Set.of("job.autoscaler.enabled", "job.autoscaler.vertex.exclude.ids");

    /** The fields of the FlinkDeployment that are used here, by the CRD of operator 1.15, with the types it gives them. */
    private static final Map<String, String> CRD = Map.ofEntries(
            Map.entry("apiVersion", "STRING"),
            Map.entry("kind", "STRING"),
            Map.entry("metadata.name", "STRING"),
            Map.entry("spec.image", "STRING"),
            Map.entry("spec.flinkVersion", "STRING"),
            Map.entry("spec.mode", "STRING"),
            Map.entry("spec.serviceAccount", "STRING"),
            Map.entry("spec.flinkConfiguration", "OBJECT"),
            Map.entry("spec.podTemplate", "OBJECT"),
            Map.entry("spec.jobManager.replicas", "NUMBER"),
            Map.entry("spec.jobManager.resource.cpu", "NUMBER"),
            Map.entry("spec.jobManager.resource.memory", "STRING"),
            Map.entry("spec.taskManager.resource.cpu", "NUMBER"),
            Map.entry("spec.taskManager.resource.memory", "STRING"),
            Map.entry("spec.job.jarURI", "STRING"),
            Map.entry("spec.job.entryClass", "STRING"),
            Map.entry("spec.job.args", "ARRAY"),
            Map.entry("spec.job.parallelism", "NUMBER"),
            Map.entry("spec.job.state", "STRING"),
            Map.entry("spec.job.upgradeMode", "STRING"));

    private static final String JAR_IN_IMAGE = "/opt/flink/usrlib/streamq-job.jar";

    @Test
    void everyNameOfStreamQIsAnOptionOrATopic() throws IOException {
        Set<String> known = new TreeSet<>();
        StreamQOptions.all().forEach(option -> known.add(option.key()));
        known.addAll(
                List.of(Topics.EXPERIENCES, Topics.POLICY, Topics.CONTROL, Topics.CONTROL_STATUS, Topics.DEAD_LETTERS));
        for (Path file : DeployFiles.all()) {
            assertThat(known).as("%s", file).containsAll(found("(?<![\\w./])streamq\\.[a-z0-9.-]*[a-z0-9]", file));
        }
    }

    @Test
    void everyClassExists() throws IOException, ClassNotFoundException {
        List<String> names = new ArrayList<>();
        for (Path file : DeployFiles.all()) {
            names.addAll(found("(?:io\\.streamq|org\\.apache)\\.[a-z.]+\\.[A-Z]\\w+", file));
        }
        assertThat(names).contains(StreamQJob.class.getName());
        for (String name : names) {
            Class.forName(name);
        }
    }

    @Test
    void versionsAreThoseOfTheBuild() throws IOException {
        String flink = DeployFiles.pom(".", "flink.version");
        String project = DeployFiles.pom(".", "version");
        String java = DeployFiles.pom(".", "maven.compiler.release");
        JsonNode compose = DeployFiles.yaml(DeployFiles.COMPOSE);

        assertThat(compose.at("/x-images/kafka").asText())
                .isEqualTo("apache/kafka:" + DeployFiles.pom(".", "kafka.version"));
        assertThat(compose.at("/x-images/job").asText()).isEqualTo("streamq-job:" + project);
        assertThat(compose.at("/x-images/cli").asText()).isEqualTo("streamq-cli:" + project);
        assertThat(Files.readString(DeployFiles.DOCKERFILE))
                .contains("FROM flink:" + flink + "-java" + java + " AS base\n")
                .contains("-t streamq-job:" + project + " ")
                .contains("-t streamq-cli:" + project + " ");
        for (String overlay : DeployFiles.OVERLAYS) {
            JsonNode spec = DeployFiles.flinkDeployment(overlay).get("spec");
            assertThat(spec.get("image").asText()).endsWith("/streamq-job:" + project);
            assertThat(spec.get("flinkVersion").asText())
                    .isEqualTo("v" + flink.substring(0, flink.lastIndexOf('.')).replace('.', '_'));
            assertThat(spec.at("/podTemplate/spec/containers/0/env/0/value").asText())
                    .isEqualTo("flink-s3-fs-presto-" + flink + ".jar");
        }
    }

    @Test
    void composeNamesEachImageOnce() throws IOException {
        JsonNode compose = DeployFiles.yaml(DeployFiles.COMPOSE);
        assertThat(found("image: (?!\\*).*", DeployFiles.COMPOSE)).isEmpty();
        assertThat(DeployFiles.map(compose.get("x-images")).values())
                .allSatisfy(image -> assertThat(image).matches("[a-z/-]+:\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?"));
    }

    @Test
    void imagesTakeWhatTheBuildMakesAndTheEngineIsSentNothingElse() throws IOException {
        assertThat(Files.readString(DeployFiles.CHECKOUT.resolve("job/pom.xml")))
                .contains("<artifactId>streamq-job</artifactId>")
                .contains("<shadedClassifierName>flink</shadedClassifierName>");
        assertThat(DeployFiles.copies("job"))
                .containsExactly(Map.entry("job/target/streamq-job-*-flink.jar", JAR_IN_IMAGE));
        List<String> taken = new ArrayList<>(List.of("*"));
        for (String image : List.of("cli", "job")) {
            DeployFiles.copies(image).keySet().forEach(source -> taken.add("!" + source));
        }
        assertThat(Files.readAllLines(Path.of(DeployFiles.DOCKERFILE + ".dockerignore")).stream()
                        .filter(line -> !line.startsWith("#")))
                .containsExactlyElementsOf(taken);
    }

    @Test
    void everyImageHasOnePinnedBaseAndRunsAsFlinkAndNotAsRoot() throws IOException {
        assertThat(found("(?m)^FROM .*", DeployFiles.DOCKERFILE))
                .hasSize(3)
                .containsSequence("FROM base AS cli", "FROM base AS job");
        for (String image : List.of("cli", "job")) {
            List<String> users = DeployFiles.stage(image)
                    .lines()
                    .filter(line -> line.startsWith("USER "))
                    .toList();
            assertThat(users).as(image).containsExactly("USER flink");
        }
    }

    @Test
    void oneServiceBuildsEachImageAndTheOthersThatRunItWaitForThatOneAndNeverPull() throws IOException {
        Map<String, String> builders = Map.of("job", "jobmanager", "cli", "topics");
        for (Map.Entry<String, String> built : builders.entrySet()) {
            String image = DeployFiles.yaml(DeployFiles.COMPOSE)
                    .at("/x-images/" + built.getKey())
                    .asText();
            JsonNode builder = service(built.getValue());
            assertThat(builder.at("/build/target").asText()).isEqualTo(built.getKey());
            assertThat(builder.has("pull_policy")).isFalse();
            services().properties().forEach(service -> {
                if (service.getValue().get("image").asText().equals(image)
                        && !service.getKey().equals(built.getValue())) {
                    assertThat(service.getValue().has("build"))
                            .as(service.getKey())
                            .isFalse();
                    assertThat(service.getValue().path("pull_policy").asText()).isEqualTo("never");
                    assertThat(service.getValue().get("depends_on").has(built.getValue()))
                            .isTrue();
                }
            });
            assertThat(builder.get("image").asText()).isEqualTo(image);
        }
    }

    @Test
    void commandsInComposeExistWithTheirOptionsAndFindKafka() throws IOException {
        for (String name : List.of("topics", "agents")) {
            assertIsACommand(DeployFiles.list(service(name).get("command")));
        }
        List<String> agents = DeployFiles.list(service("agents").get("command"));
        String check = service("agents").at("/healthcheck/test/1").asText();
        assertThat(check).startsWith("/opt/streamq/streamq ").endsWith(" --json | grep -q state");
        List<String> checks = List.of(check.substring("/opt/streamq/streamq ".length(), check.indexOf(" |"))
                .split(" ", -1));
        assertIsACommand(checks);
        assertThat(checks.get(checks.indexOf("--policy") + 1)).isEqualTo(agents.get(agents.indexOf("--policy") + 1));
    }

    /** Its help, which needs no Kafka, is printed only if all else is understood. */
    private static void assertIsACommand(List<String> command) throws IOException {
        List<String> help = new ArrayList<>(command);
        help.add("--help");
        Invocation invocation = Invocation.of(help.toArray(String[]::new));
        assertThat(invocation.exitCode())
                .as("%s: %s", command, invocation.err())
                .isZero();
        assertThat(command.get(command.indexOf("-b") + 1)).isEqualTo(advertised("CONTAINERS"));
    }

    @Test
    void agentsLiveInAWorldOfTheActionsAndTheDiscountThatTheJobHas() throws IOException {
        List<String> command = DeployFiles.list(service("jobmanager").get("command"));
        Map<String, String> job = JobArguments.parse(command.subList(3, command.size()));
        assertThat(DeployFiles.list(service("agents").get("command"))).containsSequence("--world", "frozen-lake");
        World lake = FrozenLake.slippery4x4();
        assertThat(job)
                .containsEntry(StreamQOptions.ACTIONS.key(), "" + lake.mdp().actions())
                .containsEntry(StreamQOptions.DISCOUNT.key(), "" + lake.discount());
    }

    @Test
    void jobAcceptsItsArguments() throws IOException {
        List<String> command = DeployFiles.list(service("jobmanager").get("command"));
        assertThat(command.subList(0, 3))
                .containsExactly("standalone-job", "--job-classname", StreamQJob.class.getName());
        JobOptions inCompose = JobOptions.of(JobArguments.parse(command.subList(3, command.size())));
        assertThat(inCompose.kafka().bootstrapServers()).isEqualTo(advertised("CONTAINERS"));

        for (String overlay : DeployFiles.OVERLAYS) {
            JsonNode job = DeployFiles.flinkDeployment(overlay).at("/spec/job");
            assertThat(job.get("entryClass").asText()).isEqualTo(StreamQJob.class.getName());
            assertThat(job.get("jarURI").asText()).isEqualTo("local://" + JAR_IN_IMAGE);
            JobOptions options = JobOptions.of(JobArguments.parse(DeployFiles.list(job.get("args"))));
            assertThat(job.get("parallelism").asInt()).isLessThanOrEqualTo(options.maxParallelism());
        }
    }

    @Test
    void everyFlinkOptionExistsAndHasAValueOfItsType() throws IOException {
        Map<String, ConfigOption<?>> known = flinkOptions();
        assertThat(known).containsKeys(CoreOptions.DEFAULT_PARALLELISM.key(), JobManagerOptions.ADDRESS.key());
        List<Map<String, String>> settings = new ArrayList<>();
        settings.add(DeployFiles.flinkProperties(service("jobmanager")));
        settings.add(DeployFiles.flinkProperties(service("taskmanager")));
        for (String overlay : DeployFiles.OVERLAYS) {
            settings.add(DeployFiles.map(DeployFiles.flinkDeployment(overlay).at("/spec/flinkConfiguration")));
        }
        for (Map<String, String> options : settings) {
            Configuration flink = Configuration.fromMap(options);
            options.keySet().stream()
                    .filter(key -> !OPERATOR_OPTIONS.contains(key))
                    .forEach(key -> {
                        assertThat(known).as("options of Flink").containsKey(key);
                        assertThat(flink.getOptional(known.get(key)))
                                .as("a value of the type of %s", key)
                                .isPresent();
                    });
        }
    }

    @Test
    void flinkFitsIntoTheMemoryThatItIsGiven() throws IOException {
        Configuration compose = Configuration.fromMap(DeployFiles.flinkProperties(service("taskmanager")));
        assertMemoryFits(compose);
        for (String overlay : DeployFiles.OVERLAYS) {
            JsonNode spec = DeployFiles.flinkDeployment(overlay).get("spec");
            Configuration flink = Configuration.fromMap(DeployFiles.map(spec.get("flinkConfiguration")));
            flink.set(TaskManagerOptions.TOTAL_PROCESS_MEMORY, memory(spec.get("taskManager")));
            flink.set(JobManagerOptions.TOTAL_PROCESS_MEMORY, memory(spec.get("jobManager")));
            assertMemoryFits(flink);
            int slots = flink.get(TaskManagerOptions.NUM_TASK_SLOTS);
            assertThat(spec.at("/taskManager/resource/cpu").asInt()).isEqualTo(slots);
            assertThat(spec.at("/job/parallelism").asInt() % slots).isZero();
        }
    }

    private static MemorySize memory(JsonNode process) {
        return MemorySize.parse(process.at("/resource/memory").asText());
    }

    /** Flink's own computation, which throws if the parts exceed the whole. */
    private static void assertMemoryFits(Configuration flink) {
        flink.set(TaskManagerOptions.CPU_CORES, 1.0);
        assertThat(TaskExecutorProcessUtils.processSpecFromConfig(flink)
                        .getTaskHeapSize()
                        .getMebiBytes())
                .isGreaterThanOrEqualTo(256);
        JobManagerProcessUtils.processSpecFromConfig(flink);
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "production"})
    void theVerticesOfShardsAreKeptOutOfTheAutoscaler(String overlay) throws IOException {
        JsonNode spec = DeployFiles.flinkDeployment(overlay).get("spec");
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment.setParallelism(2); // with replicas; ids are the same for all
        StreamQJob.define(
                environment,
                JobOptions.of(JobArguments.parse(DeployFiles.list(spec.at("/job/args")))),
                PolicyCatalog.EMPTY);
        List<JobVertex> vertices =
                environment.getStreamGraph().getJobGraph().getVerticesSortedTopologicallyFromSources();

        assertThat(spec.get("flinkConfiguration")
                        .get("job.autoscaler.vertex.exclude.ids")
                        .asText())
                .isEqualTo(idOf(vertices, OperatorUids.BOOTSTRAP) + ";" + idOf(vertices, OperatorUids.LEARN) + ";"
                        + idOf(vertices, OperatorUids.REPLICA));
    }

    /** Of the vertex whose chain begins with the operator. */
    private static String idOf(List<JobVertex> vertices, String uid) {
        List<String> ids = vertices.stream()
                .filter(vertex -> vertex.getName().split(" ", 2)[0].equals(uid))
                .map(vertex -> vertex.getID().toHexString())
                .toList();
        assertThat(ids).as("vertices that begin with %s, of %s", uid, vertices).hasSize(1);
        return ids.get(0);
    }

    @Test
    void kafkaAcceptsItsConfiguration() throws IOException {
        Properties properties = new Properties();
        DeployFiles.map(service("kafka").get("environment"))
                .forEach((name, value) -> properties.setProperty(
                        name.substring("KAFKA_".length())
                                .toLowerCase(Locale.ROOT)
                                .replace('_', '.'),
                        value));
        assertThat(AbstractKafkaConfig.CONFIG_DEF.names()).containsAll(properties.stringPropertyNames());
        KafkaConfig.fromProps(properties); // throws unless the listeners fit one another
    }

    @Test
    void portsAreOpenToThisMachineOnly() throws IOException {
        List<String> ports = new ArrayList<>();
        services().properties().forEach(service -> {
            if (service.getValue().has("ports")) {
                ports.addAll(DeployFiles.list(service.getValue().get("ports")));
            }
            assertThat(service.getValue().has("network_mode")).isFalse();
        });
        assertThat(ports)
                .allSatisfy(port -> assertThat(port).matches("127\\.0\\.0\\.1:(\\d+):\\1"))
                .contains("127.0.0.1:" + advertised("HOST").replace("localhost:", "") + ":9092")
                .hasSize(2);
    }

    @Test
    void everythingThatStaysUpHasAHealthCheckAndStartsWhenWhatItNeedsIsHealthy() throws IOException {
        services().properties().forEach(service -> {
            boolean once = service.getKey().equals("topics");
            assertThat(service.getValue().has("healthcheck"))
                    .as(service.getKey())
                    .isEqualTo(!once);
            if (service.getValue().has("depends_on")) {
                service.getValue().get("depends_on").properties().forEach(needed -> assertThat(
                                needed.getValue().get("condition").asText())
                        .isEqualTo(
                                needed.getKey().equals("topics")
                                        ? "service_completed_successfully"
                                        : "service_healthy"));
            }
        });
    }

    @Test
    void flinkInComposeHasASlotForEachSubtaskAndKeepsItsSnapshotsOnTheSharedVolume() throws IOException {
        JsonNode taskManager = service("taskmanager");
        Configuration flink = Configuration.fromMap(DeployFiles.flinkProperties(taskManager));
        assertThat(flink.get(TaskManagerOptions.NUM_TASK_SLOTS)
                        * taskManager.get("scale").asInt())
                .isEqualTo(flink.get(CoreOptions.DEFAULT_PARALLELISM));
        assertThat(flink.get(JobManagerOptions.ADDRESS)).isEqualTo("jobmanager");
        assertThat(services().has(flink.get(JobManagerOptions.ADDRESS))).isTrue();
        assertThat(taskManager.at("/healthcheck/test/3").asText())
                .isEqualTo("< /dev/tcp/127.0.0.1/" + flink.get(TaskManagerOptions.RPC_PORT));
        for (String name : List.of("jobmanager", "taskmanager")) {
            assertThat(DeployFiles.list(service(name).get("volumes")))
                    .containsExactly("snapshots:/opt/flink/snapshots");
            Map<String, String> options = DeployFiles.flinkProperties(service(name));
            assertThat(options.values().stream().filter(value -> value.startsWith("file:")))
                    .hasSize(3)
                    .allSatisfy(value -> assertThat(value).startsWith("file:///opt/flink/snapshots/"));
            assertThat(options).containsKey(CheckpointingOptions.CHECKPOINTS_DIRECTORY.key());
        }
        assertThat(DeployFiles.stage("job"))
                .contains("RUN mkdir -p /opt/flink/snapshots && chown flink:flink /opt/flink/snapshots\n");
    }

    /** Another one would know nothing: what ended is no longer found by high availability. */
    @Test
    void theJobManagerInComposeOutlivesItsJob() throws IOException {
        Configuration flink = Configuration.fromMap(DeployFiles.flinkProperties(service("jobmanager")));
        assertThat(flink.get(DeploymentOptions.SHUTDOWN_ON_APPLICATION_FINISH)).isFalse();
        assertThat(service("jobmanager").get("restart").asText()).isEqualTo("on-failure");
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "production"})
    void deploymentHasOnlyFieldsOfTheCrdWithTheirTypes(String overlay) throws IOException {
        JsonNode deployment = DeployFiles.flinkDeployment(overlay);
        Map<String, String> used = new TreeMap<>();
        collectFields("", deployment, used);
        assertThat(used).isEqualTo(new TreeMap<>(CRD));
        assertThat(deployment.get("apiVersion").asText()).isEqualTo("flink.apache.org/v1beta1");
        assertThat(deployment.get("kind").asText()).isEqualTo("FlinkDeployment");
        assertThat(deployment.at("/spec/mode").asText()).isIn("native", "standalone");
        assertThat(deployment.at("/spec/job/state").asText()).isIn("running", "suspended");
        assertThat(deployment.at("/spec/job/upgradeMode").asText()).isIn("last-state", "savepoint", "stateless");
        assertThat(deployment.at("/spec/flinkConfiguration"))
                .allSatisfy(value -> assertThat(value.isTextual()).isTrue());
    }

    private static void collectFields(String path, JsonNode node, Map<String, String> into) {
        if (node.isObject() && !"OBJECT".equals(CRD.get(path))) {
            node.properties()
                    .forEach(entry -> collectFields(
                            path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(), entry.getValue(), into));
        } else {
            into.put(path, node.getNodeType().name());
        }
    }

    /** The number is that of flink in Flink's images; the patches must leave it in. */
    @ParameterizedTest
    @ValueSource(strings = {"small", "production"})
    void podsRunAsFlinkAndNotAsRoot(String overlay) throws IOException {
        JsonNode pod = DeployFiles.flinkDeployment(overlay).at("/spec/podTemplate/spec");
        assertThat(DeployFiles.map(pod.get("securityContext")))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("runAsNonRoot", "true", "runAsUser", "9999", "runAsGroup", "9999", "fsGroup", "9999"));
        assertThat(pod.at("/containers/0/name").asText()).isEqualTo("flink-main-container");
    }

    @Test
    void whatIsToBeFilledInStandsInOneFile() throws IOException {
        for (Path file : DeployFiles.all()) {
            boolean asks = Files.readString(file).contains("REPLACE-ME");
            assertThat(asks).as("%s", file).isEqualTo(file.endsWith("base/site.yaml"));
        }
    }

    @Test
    void noFileHoldsASecret() throws IOException {
        for (Path file : DeployFiles.all()) {
            assertThat(found("(?i)[\\w.-]*(password|secret|token|access.key|jaas)[\\w.-]*", file))
                    .as("%s", file)
                    .isEmpty();
        }
    }

    @Test
    void dockerComposeAcceptsTheFile() throws IOException, InterruptedException {
        assumeThat(onPath("docker-compose")).as("docker-compose is installed").isTrue();
        assertThat(run("docker-compose", "-f", DeployFiles.COMPOSE.toString(), "config", "--services")
                        .lines())
                .containsExactlyInAnyOrder("kafka", "topics", "zookeeper", "jobmanager", "taskmanager", "agents");
    }

    private static boolean onPath(String command) {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
    }

    /** Its output; fails with all it said if it failed. */
    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    private static JsonNode services() throws IOException {
        return DeployFiles.yaml(DeployFiles.COMPOSE).get("services");
    }

    private static JsonNode service(String name) throws IOException {
        return services().get(name);
    }

    /** The address under which the broker is known to the clients of a listener. */
    private static String advertised(String listener) throws IOException {
        String all =
                service("kafka").at("/environment/KAFKA_ADVERTISED_LISTENERS").asText();
        return Stream.of(all.split(",", -1))
                .filter(address -> address.startsWith(listener + "://"))
                .map(address -> address.substring(listener.length() + 3))
                .findFirst()
                .orElseThrow();
    }

    /** All options in the package of {@link CoreOptions}. */
    private static Map<String, ConfigOption<?>> flinkOptions() throws IOException {
        Map<String, ConfigOption<?>> options = new TreeMap<>();
        Set<String> jars = new TreeSet<>();
        for (Class<?> type : List.of(CoreOptions.class, JobManagerOptions.class, CheckpointingOptions.class)) {
            jars.add(type.getProtectionDomain().getCodeSource().getLocation().getPath());
        }
        for (String jar : jars) {
            try (JarFile entries = new JarFile(jar)) {
                entries.stream()
                        .map(entry -> entry.getName())
                        .filter(name -> name.matches("org/apache/flink/configuration/\\w+Options\\.class"))
                        .forEach(name -> collectOptions(name, options));
            }
        }
        return options;
    }

    private static void collectOptions(String classFile, Map<String, ConfigOption<?>> into) {
        try {
            Class<?> type = Class.forName(classFile.replace('/', '.').replaceFirst("\\.class$", ""));
            for (Field field : type.getDeclaredFields()) {
                if (Modifier.isPublic(field.getModifiers()) && field.getType() == ConfigOption.class) {
                    ConfigOption<?> option = (ConfigOption<?>) field.get(null);
                    into.put(option.key(), option);
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(classFile, e);
        }
    }

    private static List<String> found(String expression, Path file) throws IOException {
        return Pattern.compile(expression)
                .matcher(Files.readString(file))
                .results()
                .map(result -> result.group())
                .toList();
    }
}
