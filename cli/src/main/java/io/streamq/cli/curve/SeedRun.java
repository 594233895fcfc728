package io.streamq.cli.curve;

import io.streamq.agent.PolicyView;
import io.streamq.cli.stage.AgentFeed;
import io.streamq.cli.stage.GreedyPolicy;
import io.streamq.simulation.ExpectedReturn;
import io.streamq.simulation.World;
import java.util.ArrayList;
import java.util.List;

/** The agents of one seed, the policy they follow, and what it was worth as they went along. */
final class SeedRun implements AutoCloseable {
    private final World world;
    private final String policyId;
    private final PolicyView policy;
    private final AgentFeed feed;
    private final List<Sample> samples = new ArrayList<>();

    /**
     * One moment.
     *
     * @param experiences published for this seed until then
     * @param value expected discounted return of an episode under the greedy policy that the agents had
     */
    record Sample(long experiences, double value) {}

    /** Takes over the view and the feed, and closes them. */
    SeedRun(World world, String policyId, PolicyView policy, AgentFeed feed) {
        this.world = world;
        this.policyId = policyId;
        this.policy = policy;
        this.feed = feed;
    }

    void start() {
        sample();
        feed.start();
    }

    /** Values the policy first and counts afterwards, so that no value is shown earlier than it was there. */
    void sample() {
        feed.requireHealthy();
        double value = GreedyPolicy.value(policy, world, 0);
        samples.add(new Sample(feed.published(), value));
    }

    /** What an agent can expect that acts on {@code policy}, rewards discounted as the policy is learnt. */
    static double value(World world, int[] policy) {
        return ExpectedReturn.of(world, policy, 0, world.discount());
    }

    String policyId() {
        return policyId;
    }

    List<Sample> samples() {
        return samples;
    }

    Sample last() {
        return samples.get(samples.size() - 1);
    }

    long published() {
        return feed.published();
    }

    boolean isExhausted() {
        return feed.isExhausted();
    }

    long updatesReceived() {
        return policy.updatesReceived();
    }

    @Override
    public void close() {
        try (policy) {
            feed.close();
        }
    }
}
