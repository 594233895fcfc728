package io.streamq.cli.stage;

import io.streamq.agent.PolicyListener;
import io.streamq.agent.PolicyView;
import io.streamq.agent.PolicyViewSettings;
import io.streamq.cli.broker.LocalBroker;
import io.streamq.cli.job.LocalJob;
import io.streamq.cli.program.TemporaryFolder;
import io.streamq.cli.topics.TopicsCommand;
import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions;
import io.streamq.schemas.LearningRateSchedule;
import io.streamq.simulation.Mdp;
import io.streamq.simulation.World;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.configuration.Configuration;

/** A real broker and the job in this JVM: the whole product except agents. */
public final class Stage implements AutoCloseable {
    /** Parallelism of the job, and partitions of the experience topic. */
    public static final int PARALLELISM = 2;

    private static final Duration CATCH_UP = Duration.ofSeconds(20);
    private static final double FAST_ALPHA = 0.5;

    private final LocalBroker broker;
    private final TemporaryFolder work;
    private final LocalJob job;

    private Stage(LocalBroker broker, TemporaryFolder work, LocalJob job) {
        this.broker = broker;
        this.work = work;
        this.job = job;
    }

    /**
     * How to learn in a world.
     *
     * @param deterministic whether every action has a single outcome: then nothing needs averaging, and a constant rate is
     *     faster
     * @param valueTolerance how far a displayed value may lag
     */
    public record Task(int actions, double discount, boolean deterministic, double valueTolerance) {
        /** How to learn in a world if values are not displayed. */
        public static Task in(World world) {
            Mdp mdp = world.mdp();
            return new Task(mdp.actions(), world.discount(), isDeterministic(mdp), Double.POSITIVE_INFINITY);
        }

        public Task withValueTolerance(double newValueTolerance) {
            return new Task(actions, discount, deterministic, newValueTolerance);
        }

        private static boolean isDeterministic(Mdp mdp) {
            for (int state = 0; state < mdp.states(); state++) {
                for (int action = 0; action < mdp.actions(); action++) {
                    if (mdp.transitions(state, action).size() > 1) {
                        return false;
                    }
                }
            }
            return true;
        }

        /** The learning rate as users write it. */
        public String learningRate() {
            return deterministic ? "" + FAST_ALPHA : "n^-" + StreamQOptions.OMEGA.defaultValue();
        }

        private Map<String, String> options() {
            Map<String, String> options = new HashMap<>();
            options.put(StreamQOptions.ACTIONS.key(), "" + actions);
            options.put(StreamQOptions.DISCOUNT.key(), "" + discount);
            options.put(StreamQOptions.VALUE_TOLERANCE.key(), "" + valueTolerance);
            if (deterministic) {
                options.put(StreamQOptions.LEARNING_RATE.key(), LearningRateSchedule.CONSTANT.name());
                options.put(StreamQOptions.ALPHA.key(), "" + FAST_ALPHA);
            }
            return options;
        }
    }

    /**
     * Starts a broker, creates the topics and starts the job, reporting each slow step before it begins. If a step fails, what was
     * started is stopped again.
     */
    public static Stage start(Task task, StepListener steps) throws IOException, InterruptedException {
        TemporaryFolder work = TemporaryFolder.create("streamq-flink");
        try {
            return start(task, work, steps);
        } catch (IOException | InterruptedException | RuntimeException e) {
            work.close();
            throw e;
        }
    }

    private static Stage start(Task task, TemporaryFolder work, StepListener steps)
            throws IOException, InterruptedException {
        steps.begins("starting Kafka");
        LocalBroker broker = LocalBroker.start();
        try {
            TopicsCommand.createDefaults(broker.bootstrapServers(), PARALLELISM);
            return new Stage(broker, work, job(options(task, broker), work, steps));
        } catch (InterruptedException | RuntimeException e) {
            broker.close();
            throw e;
        }
    }

    private static LocalJob job(JobOptions options, TemporaryFolder work, StepListener steps)
            throws InterruptedException {
        steps.begins("starting Flink");
        LocalJob job = LocalJob.start(options, new Configuration(), work.path());
        try {
            steps.begins("waiting for the job to run");
            job.awaitRunning();
            return job;
        } catch (InterruptedException | RuntimeException e) {
            job.close();
            throw e;
        }
    }

    private static JobOptions options(Task task, LocalBroker broker) {
        Map<String, String> options = task.options();
        options.put(StreamQOptions.BOOTSTRAP_SERVERS.key(), broker.bootstrapServers());
        options.put(StreamQOptions.PARALLELISM.key(), "" + PARALLELISM);
        return JobOptions.of(options);
    }

    public String bootstrapServers() {
        return broker.bootstrapServers();
    }

    public LocalJob job() {
        return job;
    }

    /** A view of one policy that has caught up. */
    public PolicyView follow(String policyId, PolicyListener listener) throws InterruptedException {
        PolicyView view = new PolicyView(PolicyViewSettings.of(bootstrapServers(), policyId), listener);
        try {
            view.awaitCaughtUp(CATCH_UP);
            return view;
        } catch (InterruptedException | RuntimeException e) {
            view.close();
            throw e;
        }
    }

    @Override
    public void close() {
        job.close();
        broker.close();
        work.close();
    }

    /** Is told of slow steps. */
    @FunctionalInterface
    public interface StepListener {
        void begins(String step);
    }
}
