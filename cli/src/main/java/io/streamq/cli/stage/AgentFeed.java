package io.streamq.cli.stage;

import io.streamq.agent.ActionSelector;
import io.streamq.agent.ExperiencePublisher;
import io.streamq.agent.Policy;
import io.streamq.agent.PublisherSettings;
import io.streamq.cli.program.CommandFailure;
import io.streamq.simulation.EpisodeListener;
import io.streamq.simulation.ExpectedReturn;
import io.streamq.simulation.SimulatedAgent;
import io.streamq.simulation.Solution;
import io.streamq.simulation.StepBudget;
import io.streamq.simulation.World;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Agents that live in a world, each in its own thread, as if deployed separately. */
public final class AgentFeed implements Feed {
    private static final long JOIN_MILLIS = 1_000;

    private final ExperiencePublisher publisher;
    private final long limit;
    private final List<SimulatedAgent> agents = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile @Nullable Throwable failure;

    /**
     * How the agents live.
     *
     * @param count how many
     * @param epsilon their probabilities of acting at random
     * @param stepsPerSecond of each
     * @param steps of all together
     * @param seed of their randomness
     */
    public record Life(int count, EpsilonRange epsilon, double stepsPerSecond, long steps, long seed) {
        /**
         * The limit of their episodes' mean return once the policy that they follow is optimal for an agent that never explores;
         * as they do explore, another policy might earn them more. All take equally many steps, so an agent with shorter episodes
         * has more of them.
         */
        public double bestMeanReturn(World world, Solution solution) {
            int[] policy = solution.policy();
            double returns = 0;
            double episodes = 0;
            Map<Double, ExpectedReturn.Expectation> byEpsilon = new HashMap<>();
            for (int i = 0; i < count; i++) {
                ExpectedReturn.Expectation episode = byEpsilon.computeIfAbsent(
                        epsilon.of(i, count), chance -> ExpectedReturn.episode(world, policy, chance, 1));
                returns += episode.value() / episode.steps();
                episodes += 1 / episode.steps();
            }
            return returns / episodes;
        }
    }

    /**
     * Agents that will publish experience of {@code policyId} once {@link #start} is called.
     *
     * @param settings where to publish, and the agents' names: {@code NAME-0}, {@code NAME-1} and
     *     so on
     */
    public AgentFeed(
            World world,
            String policyId,
            Policy policy,
            Life life,
            EpisodeListener episodes,
            PublisherSettings settings) {
        this.limit = life.steps();
        this.publisher = new ExperiencePublisher(settings);
        SimulatedAgent.Builder description = SimulatedAgent.in(world, publisher)
                .learning(policyId)
                .reportingTo(episodes)
                .spending(StepBudget.of(life.steps()))
                .atStepsPerSecond(life.stepsPerSecond());
        for (int i = 0; i < life.count(); i++) {
            SimulatedAgent agent = description
                    .following(
                            policy, ActionSelector.epsilonGreedy(life.epsilon().of(i, life.count())))
                    .agent(settings.agentId() + "-" + i, life.seed() * 1_000 + i);
            Thread thread = new Thread(agent, agent.agentId());
            thread.setDaemon(true);
            thread.setUncaughtExceptionHandler((dead, thrown) -> failure = thrown);
            agents.add(agent);
            threads.add(thread);
        }
    }

    @Override
    public void start() {
        threads.forEach(Thread::start);
    }

    @Override
    public long published() {
        return publisher.acknowledged();
    }

    /** Experiences published but not confirmed by Kafka. */
    public long unconfirmed() {
        return publisher.sent() - publisher.acknowledged();
    }

    /** Experiences waiting for Kafka to accept them. */
    public long waiting() {
        return unconfirmed() - publisher.failed();
    }

    /** Whether it ends by itself. */
    public boolean isLimited() {
        return limit != Long.MAX_VALUE;
    }

    @Override
    public long limit() {
        return limit;
    }

    @Override
    public boolean isExhausted() {
        return threads.stream().noneMatch(Thread::isAlive) && waiting() == 0;
    }

    @Override
    public boolean playsToItsEnd() {
        return false;
    }

    @Override
    public void requireHealthy() {
        Throwable thrown = failure;
        if (thrown != null) {
            throw new CommandFailure("a simulated agent failed: " + thrown.getMessage(), thrown);
        }
    }

    @Override
    public void close() {
        end();
        publisher.close();
    }

    /** Ends as {@link #close} does, but waits at most {@code patience} for Kafka to confirm what was published. */
    public void close(Duration patience) {
        end();
        publisher.close(patience);
    }

    private void end() {
        agents.forEach(SimulatedAgent::stop);
        threads.forEach(Thread::interrupt);
        boolean interrupted = false;
        for (Thread thread : threads) {
            try {
                thread.join(JOIN_MILLIS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
