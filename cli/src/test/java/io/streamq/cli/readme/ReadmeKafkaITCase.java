package io.streamq.cli.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.streamq.agent.PolicyView;
import io.streamq.agent.PolicyViewSettings;
import io.streamq.cli.Invocation;
import io.streamq.cli.broker.LocalBroker;
import io.streamq.cli.job.LocalJob;
import io.streamq.cli.program.TemporaryFolder;
import io.streamq.cli.topics.TopicsCommand;
import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.junit.jupiter.api.Test;

/** What the README tells its readers to run, run. */
class ReadmeKafkaITCase {
    @Test
    void theWalkOnOnesOwnKafkaRunsAsItIsWritten() throws Exception {
        List<String> commands = Readme.read().block("sh", "executed").lines();
        assertThat(commands).isNotEmpty().allMatch(line -> line.startsWith("./streamq "));
        try (LocalBroker broker = LocalBroker.start()) {
            for (String command : commands) {
                Invocation invocation = Invocation.of(command.replace("./streamq ", "")
                        .replace("localhost:9092", broker.bootstrapServers())
                        .replace("examples/", "../examples/")
                        .split(" +", -1));
                assertThat(invocation.exitCode())
                        .as("%s: %s", command, invocation.err())
                        .isZero();
            }
        }
    }

    /** Two directions; whoever waits longer is the one to serve, and the controller finds that out. */
    private static final class TwoStreets implements CrossingController.Crossing {
        private static final int PHASES = 20_000;
        private int longer;
        private int phases;

        @Override
        public boolean isOpen() {
            return phases < PHASES;
        }

        @Override
        public String queues() {
            return longer == 0 ? "north:4 east:0" : "north:0 east:4";
        }

        @Override
        public double giveGreen(int direction) {
            double waited = direction == longer ? 0 : 40;
            longer = ++phases % 2;
            return waited;
        }
    }

    @Test
    void theAgentThatIsShownLearnsThroughTheJob() throws Exception {
        try (LocalBroker broker = LocalBroker.start();
                TemporaryFolder work = TemporaryFolder.create("streamq-test")) {
            TopicsCommand.createDefaults(broker.bootstrapServers(), 2);
            JobOptions options = JobOptions.of(Map.of(
                    StreamQOptions.BOOTSTRAP_SERVERS.key(), broker.bootstrapServers(),
                    StreamQOptions.PARALLELISM.key(), "2",
                    StreamQOptions.ACTIONS.key(), "2"));
            try (LocalJob job = LocalJob.start(options, new Configuration(), work.path());
                    PolicyView policy = new PolicyView(PolicyViewSettings.of(broker.bootstrapServers(), "crossings"))) {
                new CrossingController().control(new TwoStreets(), broker.bootstrapServers());
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> job.metrics().experiencesApplied() == TwoStreets.PHASES);
                await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(policy.snapshot())
                        .hasSize(2)
                        .hasEntrySatisfying("north:4 east:0", row -> assertThat(row.action())
                                .isZero())
                        .hasEntrySatisfying("north:0 east:4", row -> assertThat(row.action())
                                .isOne()));
            }
        }
    }
}
