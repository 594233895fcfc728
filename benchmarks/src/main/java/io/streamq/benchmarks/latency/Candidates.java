package io.streamq.benchmarks.latency;

import io.streamq.benchmarks.latency.LatencyTrial.Candidate;
import io.streamq.benchmarks.latency.LatencyTrial.Route;
import io.streamq.benchmarks.report.ReportOptions;
import io.streamq.cli.job.LocalJob;
import io.streamq.cli.program.CommandFailure;
import io.streamq.job.options.InvalidOptionsException;
import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.PolicyUpdate;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** The product and the echo, with the same settings for Flink and Kafka's clients. */
final class Candidates {
    private static final String NOWHERE = "127.0.0.1:9092";

    private final String bootstrapServers;
    private final int actions;
    private final Configuration flink = new Configuration();
    private final Map<String, String> options = new HashMap<>();
    private final Candidate echo = new Echo();
    private final Candidate product = new Product();

    /** @param settings those that begin with {@code streamq.} are the product's options, the rest Flink's */
    Candidates(String bootstrapServers, int actions, Map<String, String> settings) {
        this.bootstrapServers = bootstrapServers;
        this.actions = actions;
        settings.forEach((key, value) -> {
            if (key.startsWith(StreamQOptions.PREFIX)) {
                options.put(key, value);
            } else {
                flink.setString(key, value);
            }
        });
    }

    /** Both, in the order of a round, which alternates: whatever the second gains from the first, each gains equally often. */
    List<Candidate> inTurn(int round) {
        return round % 2 == 1 ? List.of(echo, product) : List.of(product, echo);
    }

    Candidate product() {
        return product;
    }

    /** Fails with a usage error if an option of the product is wrong. */
    static void validate(ReportOptions command, int actions, Map<String, String> settings) {
        try {
            new Candidates(NOWHERE, actions, settings).options(Route.of("any"), 1);
        } catch (InvalidOptionsException e) {
            command.require(false, String.join(System.lineSeparator() + "streamq: ", e.violations()));
        }
    }

    private JobOptions options(Route route, int parallelism) {
        Map<String, String> all = new HashMap<>();
        all.put(StreamQOptions.VALUE_TOLERANCE.key(), "0");
        all.putAll(options);
        all.put(StreamQOptions.BOOTSTRAP_SERVERS.key(), bootstrapServers);
        all.put(StreamQOptions.ACTIONS.key(), "" + actions);
        all.put(StreamQOptions.PARALLELISM.key(), "" + parallelism);
        all.put(StreamQOptions.EXPERIENCES_TOPIC.key(), route.experiences());
        all.put(StreamQOptions.POLICY_TOPIC.key(), route.answers());
        all.put(StreamQOptions.DEAD_LETTERS_TOPIC.key(), route.deadLetters());
        return JobOptions.of(all);
    }

    private final class Echo implements Candidate {
        @Override
        public String name() {
            return "echo";
        }

        @Override
        public LocalJob start(Route route, int parallelism, Path work) throws InterruptedException {
            JobOptions options = options(route, parallelism);
            Properties clients = options.kafka().clientProperties();
            options.tuning().consumer().forEach(clients::putIfAbsent);
            options.tuning().producer().forEach(clients::putIfAbsent);
            StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment(flink);
            environment.setParallelism(parallelism);
            EchoJob.define(
                    environment,
                    clients,
                    route.experiences(),
                    route.answers(),
                    options.checkpointInterval().toMillis());
            return LocalJob.start(environment, flink, parallelism, work);
        }

        @Override
        public void check(byte[] lastAnswer, long experiences) {
            // Only the number of answers, which has been.
        }
    }

    private final class Product implements Candidate {
        private final AvroCodec<PolicyUpdate> codec = AvroCodec.policyUpdate();

        @Override
        public String name() {
            return "StreamQ";
        }

        @Override
        public LocalJob start(Route route, int parallelism, Path work) throws InterruptedException {
            return LocalJob.start(options(route, parallelism), flink, work);
        }

        @Override
        public void check(byte[] lastAnswer, long experiences) throws Exception {
            PolicyUpdate update = codec.decode(lastAnswer);
            long visits = update.getVisits().stream().mapToLong(Long::longValue).sum();
            if (visits != experiences) {
                throw new CommandFailure("the last record of state " + update.getState() + " must have counted all "
                        + experiences + " experiences: it counted " + visits + "; what was measured means nothing");
            }
        }
    }
}
