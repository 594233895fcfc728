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
 * An agent that lives in a world, one episode after another, as a deployed one would: it chooses by the policy it follows and
 * publishes what it experiences, with all that any of the algorithms wants to know. One thread runs it; its
 * counters may be read, and it may be stopped, from any.
 */
public final class SimulatedAgent implements Runnable {
    private final World world;
    private final String agentId;
    private final String policyId;
    private final Policy policy;
    private final ActionSelector selector;
    /** Chooses the next action that experience tells; {@code null}: it tells what is done. */
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
     * Begins to describe an agent that acts at random in {@code world}, as fast as it goes and for as long as it is left to.
     *
     * @param sink where it leaves its experience
     */
    public static Builder in(World world, ExperienceSink sink) {
        return new Builder(world, sink);
    }

    /**
     * Lives until it is stopped or interrupted, or the budget is used up; what the policy or the sink throws goes through. The
     * episode it is in then stays unfinished and is not reported.
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

    /** Ends the agent before its next step. */
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

    /** Whether the episode came to its end. */
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
            // Decided before the experience is published, which names it: SARSA learns from what is done next.
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

    /** Describes agents; one description serves many of them. */
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

        /** The policy to learn; {@code default} if nobody says. */
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
         * Tells as the next action what {@code evaluated} would do on the same policy, whatever the agent does itself: SARSA then
         * evaluates that behaviour from the experience of this one.
         */
        public Builder tellingNextActionsOf(ActionSelector newEvaluated) {
            this.evaluated = newEvaluated;
            return this;
        }

        public Builder reportingTo(EpisodeListener newListener) {
            this.listener = newListener;
            return this;
        }

        /** The budget to share with whoever else was given it. */
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
         * An agent of this description. It counts its episodes from 0, and agentId, episodeId and step are what tells
         * experiences apart: give an agent that starts anew a new agentId.
         *
         * @param seed of its chance and the world's: the same one meets the same fate as long as the policy is the same
         */
        public SimulatedAgent agent(String agentId, long seed) {
            return new SimulatedAgent(this, agentId, seed);
        }
    }
}
