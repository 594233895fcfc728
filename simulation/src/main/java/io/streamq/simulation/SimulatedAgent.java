package io.streamq.simulation;

import io.streamq.agent.ActionSelector;
import io.streamq.agent.Decision;
import io.streamq.agent.ExperienceSink;
import io.streamq.agent.Policy;
import io.streamq.schemas.Experience;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * An agent that lives in a world, one episode after another, as a deployed one would: it acts on the policy it follows and
 * publishes its experience, with all fields that any algorithm needs. One thread runs it; any thread may read its counters
 * and stop it.
 */
public final class SimulatedAgent implements Runnable {
    private final World world;
    private final String agentId;
    private final String policyId;
    private final Policy policy;
    private final ActionSelector selector;
    /** Chooses the next action that experience names; {@code null} if that is the one taken. */
    private final @Nullable ActionSelector evaluated;

    private final ExperienceSink sink;
    private final EpisodeListener listener;
    private final StepBudget budget;
    private final Pace pace;
    private final SplittableRandom random;
    private final LongAdder steps = new LongAdder();
    private final LongAdder episodes = new LongAdder();
    private volatile boolean stopped;

    private SimulatedAgent(Builder builder, String agentId, long seed) {
        this.world = builder.world;
        this.agentId = agentId;
        this.policyId = builder.policyId;
        this.policy = builder.policy;
        this.selector = builder.selector;
        this.evaluated = builder.evaluated;
        this.sink = builder.sink;
        this.listener = builder.listener;
        this.budget = builder.budget;
        this.pace = builder.stepsPerSecond == Double.POSITIVE_INFINITY
                ? Pace.unlimited()
                : Pace.perSecond(builder.stepsPerSecond);
        this.random = new SplittableRandom(seed);
    }

    /**
     * Describes an agent that, by default, acts at random in {@code world}, at full speed and without end.
     *
     * @param sink where it sends its experience
     */
    public static Builder in(World world, ExperienceSink sink) {
        return new Builder(world, sink);
    }

    /**
     * Lives until it is stopped or interrupted, or the budget is used up; exceptions of the policy or the sink propagate. The
     * current episode then stays unfinished and is not reported.
     */
    @Override
    public void run() {
        try {
            boolean goesOn = true;
            for (long number = 0; goesOn; number++) {
                goesOn = liveEpisode(number);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops the agent before its next step. */
    public void stop() {
        stopped = true;
    }

    /** Steps taken. */
    public long steps() {
        return steps.sum();
    }

    /** Episodes finished. */
    public long episodes() {
        return episodes.sum();
    }

    public String agentId() {
        return agentId;
    }

    /** Returns whether the episode finished. */
    private boolean liveEpisode(long number) throws InterruptedException {
        Mdp mdp = world.mdp();
        String episodeId = Long.toString(number);
        int state = mdp.start();
        Decision decision = decide(selector, state);
        double totalReward = 0;
        for (int step = 0; mayStep(); step++) {
            pace.await();
            Transition outcome = mdp.step(state, decision.action(), random);
            boolean truncated = !outcome.terminated() && step + 1 == world.maximumSteps();
            // Chosen before the experience is published, since that names it: SARSA learns from the next action taken.
            Decision next = outcome.terminated() ? null : decide(selector, outcome.nextState());
            Decision told = next == null || evaluated == null ? next : decide(evaluated, outcome.nextState());
            sink.publish(decision.stamp(Experience.newBuilder())
                    .setPolicyId(policyId)
                    .setAgentId(agentId)
                    .setEpisodeId(episodeId)
                    .setStep((long) step)
                    .setState(mdp.name(state))
                    .setReward(outcome.reward())
                    .setNextState(mdp.name(outcome.nextState()))
                    .setTerminated(outcome.terminated())
                    .setTruncated(truncated)
                    .setNextAction(told == null ? null : told.action())
                    .setEventTime(Instant.now())
                    .build());
            steps.increment();
            totalReward += outcome.reward();
            if (next == null || truncated) {
                episodes.increment();
                listener.finished(new Episode(agentId, number, step + 1, totalReward, truncated));
                return true;
            }
            state = outcome.nextState();
            decision = next;
        }
        return false;
    }

    private Decision decide(ActionSelector by, int state) {
        Mdp mdp = world.mdp();
        return by.select(policy, mdp.name(state), mdp.legalActions(state), mdp.actions(), random);
    }

    private boolean mayStep() {
        return !stopped && !Thread.currentThread().isInterrupted() && budget.takeOne();
    }

    /** Describes agents; one description serves for many. */
    public static final class Builder {
        private final World world;
        private final ExperienceSink sink;
        private String policyId = "default";
        private Policy policy = state -> null;
        private ActionSelector selector = ActionSelector.greedy();
        private @Nullable ActionSelector evaluated;
        private EpisodeListener listener = episode -> {};
        private StepBudget budget = StepBudget.unlimited();
        private double stepsPerSecond = Double.POSITIVE_INFINITY;

        private Builder(World world, ExperienceSink sink) {
            this.world = world;
            this.sink = sink;
        }

        /** The policy to learn; {@code default} unless set. */
        public Builder learning(String newPolicyId) {
            this.policyId = newPolicyId;
            return this;
        }

        /** The policy to follow, and how. */
        public Builder following(Policy newPolicy, ActionSelector newSelector) {
            this.policy = newPolicy;
            this.selector = newSelector;
            return this;
        }

        /**
         * Names as the next action what {@code newEvaluated} would do on the same policy, whatever the agent does itself: SARSA
         * then evaluates that behaviour from this agent's experience.
         */
        public Builder tellingNextActionsOf(ActionSelector newEvaluated) {
            this.evaluated = newEvaluated;
            return this;
        }

        public Builder reportingTo(EpisodeListener newListener) {
            this.listener = newListener;
            return this;
        }

        /** The budget, shared by all agents that are given it. */
        public Builder spending(StepBudget newBudget) {
            this.budget = newBudget;
            return this;
        }

        /** The rate of each agent, above 0. */
        public Builder atStepsPerSecond(double newStepsPerSecond) {
            this.stepsPerSecond = newStepsPerSecond;
            return this;
        }

        /**
         * An agent of this description. It counts its episodes from 0, and experiences are told apart by agentId,
         * episodeId and step: give an agent that starts anew a new agentId.
         *
         * @param seed of the agent's and the world's randomness: equal seeds live equal lives while the policy is the
         *     same
         */
        public SimulatedAgent agent(String agentId, long seed) {
            return new SimulatedAgent(this, agentId, seed);
        }
    }
}
