package io.streamq.cli.kafka;

import io.streamq.cli.program.CommandFailure;
import io.streamq.job.kafka.ConnectionSetup;
import io.streamq.job.kafka.KafkaTrouble;
import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of every command that talks to Kafka, and the messages when Kafka fails. */
public final class KafkaConnection {
    /** How long Kafka may take to answer. */
    public static final Duration PATIENCE = Duration.ofSeconds(8);

    /**
     * What Kafka's clients parse as host and port. They cannot be used before a command runs: they would log before the log file is known.
     */
    private static final Pattern ADDRESS =
            Pattern.compile("([0-9a-zA-Z\\-%._]+://)?\\[?[0-9a-zA-Z\\-%._:]+]?:(?<port>\\d{1,5})");

    private static final int MOST_PORT = 65_535;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    private Duration patience = PATIENCE;
    private String bootstrapServers = "";
    private @Nullable Path configFile;
    private Map<String, String> clientProperties = Map.of();

    @Option(
            names = {"-b", "--bootstrap-servers"},
            required = true,
            paramLabel = "HOST:PORT[,...]",
            description = "Addresses of the Kafka brokers.")
    void setBootstrapServers(String addresses) {
        if (!areAddresses(addresses)) {
            throw usageError(
                    "--bootstrap-servers must be host:port, several separated by commas: got '" + addresses + "'");
        }
        bootstrapServers = addresses;
    }

    private static boolean areAddresses(String addresses) {
        return Stream.of(addresses.split(",", -1)).allMatch(address -> {
            Matcher matcher = ADDRESS.matcher(address);
            return matcher.matches() && Integer.parseInt(matcher.group("port")) <= MOST_PORT;
        });
    }

    @Option(
            names = "--command-config",
            paramLabel = "FILE",
            description = "Properties of the Kafka client, such as security.protocol and sasl.jaas.config.")
    void setConfigFile(Path file) {
        Properties read = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            read.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw usageError(
                    "--command-config must be a file of properties that can be read: got '" + file + "' (" + e + ")");
        }
        Map<String, String> properties = new HashMap<>();
        read.stringPropertyNames().forEach(name -> properties.put(name, read.getProperty(name)));
        clientProperties = properties;
        configFile = file;
    }

    /**
     * A connection not given on a command line.
     *
     * @param clientProperties what Kafka's clients need besides the address, such as a login
     */
    public static KafkaConnection to(String bootstrapServers, Map<String, String> clientProperties) {
        KafkaConnection connection = new KafkaConnection();
        connection.setBootstrapServers(bootstrapServers);
        connection.clientProperties = clientProperties;
        return connection;
    }

    /** The same, with another patience. */
    public static KafkaConnection to(String bootstrapServers, Map<String, String> clientProperties, Duration patience) {
        KafkaConnection connection = to(bootstrapServers, clientProperties);
        connection.patience = patience;
        return connection;
    }

    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** The properties of {@code --command-config}; empty without it. */
    public Map<String, String> clientProperties() {
        return clientProperties;
    }

    /** How long Kafka may take to answer. */
    public Duration patience() {
        return patience;
    }

    /** An admin client that waits seconds for an answer, not minutes. */
    public Admin openAdmin() {
        requireListener();
        Map<String, Object> properties = impatient();
        properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) patience.toMillis());
        try {
            return Admin.create(properties);
        } catch (KafkaException e) {
            throw failure(e);
        }
    }

    /** A producer that gives a record up after a few seconds, not minutes. */
    public Producer<byte[], byte[]> openProducer() {
        Map<String, Object> properties = impatient();
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (int) patience.toMillis());
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, (int) patience.toMillis());
        // Kafka's client refuses a delivery that must be there before one request may end, and what was waited before.
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        try {
            return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        } catch (KafkaException e) {
            throw failure(e);
        }
    }

    private Map<String, Object> impatient() {
        Map<String, Object> properties = new HashMap<>(clientProperties);
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, (int) patience.toMillis());
        ConnectionSetup.limit(properties, patience);
        return properties;
    }

    /** Kafka's client would retry a closed port until its timeout, a futile wait if it was mistyped. */
    private void requireListener() {
        List<String> failures = new ArrayList<>();
        for (String address : bootstrapServers.split(",", -1)) {
            try {
                // One name may stand for all brokers.
                for (InetAddress host : InetAddress.getAllByName(Utils.getHost(address))) {
                    if (listens(new InetSocketAddress(host, Utils.getPort(address)), failures)) {
                        return;
                    }
                }
            } catch (UnknownHostException e) {
                failures.add("the host name is unknown");
            }
        }
        throw new CommandFailure("no Kafka broker can be reached at " + bootstrapServers + " ("
                + String.join("; ", failures) + "); check that the address is right and that the broker runs");
    }

    private boolean listens(InetSocketAddress address, List<String> failures) {
        try (Socket socket = new Socket()) {
            socket.connect(address, (int)
                    ConnectionSetup.timeout(clientProperties, patience).toMillis());
            return true;
        } catch (IOException e) {
            failures.add(String.valueOf(e.getMessage()));
            return false;
        }
    }

    /**
     * Fails at once, with a clear message, where a producer or consumer would wait for minutes.
     *
     * @param option what the topic is for
     * @throws CommandFailure if Kafka does not answer or has no such topic
     */
    public void requireTopic(TopicOption option, String topic) {
        if (!hasTopic(topic)) {
            throw new CommandFailure("topic '" + topic + "' does not exist at " + bootstrapServers
                    + "; create the topics with: " + creation(option, topic));
        }
    }

    /** The command that creates a topic. */
    public String creation(TopicOption option, String topic) {
        return "streamq topics create --bootstrap-servers " + bootstrapServers + option.naming(topic);
    }

    /**
     * Whether there is such a topic.
     *
     * @throws CommandFailure if Kafka does not answer
     */
    public boolean hasTopic(String topic) {
        try (Admin admin = openAdmin()) {
            admin.describeTopics(List.of(topic)).allTopicNames().get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return false;
            }
            throw failure(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** The answer of an administrative request. */
    public <T> T await(KafkaFuture<T> answer) {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw failure(e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** The sentence for what Kafka's client threw. */
    public CommandFailure failure(Exception thrown) {
        String settings = configFile == null
                ? "give the client's settings with --command-config"
                : "check the client's settings in " + configFile;
        return new CommandFailure(new KafkaTrouble(bootstrapServers, patience, settings).sentence(thrown), thrown);
    }

    private ParameterException usageError(String sentence) {
        return new ParameterException(command.commandLine(), sentence);
    }

    /** The sentence for a wait that was interrupted; the thread stays interrupted. */
    public CommandFailure interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new CommandFailure("interrupted while waiting for Kafka", cause);
    }
}
