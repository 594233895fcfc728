package io.streamq.cli.curve;

import io.streamq.agent.PolicyView;
import io.streamq.cli.stage.AgentFeed;
import io.streamq.cli.stage.GreedyPolicy;
import io.streamq.simulation.World;
import java.util.List;

/** The agents of one seed, the policy they follow, and its value over time. */
final class SeedRun implements AutoCloseable {
    private final World world;
    private final String policyId;
    private final PolicyView policy;
    private final AgentFeed feed;
    private final ValueTrack track;

    /**
     * The value at one moment.
     *
     * @param experiences published for this seed so far
     * @param value expected discounted return of an episode under the greedy policy that the agents had
     */
    record Sample(long experiences, double value) {}

    /**
     * Takes over the view and the feed, and closes them.
     *
     * @param track records the policy over time
     */
    SeedRun(World world, String policyId, PolicyView policy, AgentFeed feed, ValueTrack track) {
        this.world = world;
        this.policyId = policyId;
        this.policy = policy;
        this.feed = feed;
        this.track = track;
    }

    void start() {
        sample();
        feed.start();
    }

    /** Reads the policy first and counts right afterwards, so that no value is dated too early. */
    void sample() {
        feed.requireHealthy();
        int[] actions = GreedyPolicy.of(policy, world.mdp());
        track.note(feed.published(), actions);
    }

    String policyId() {
        return policyId;
    }

    /** For the curve; slow where valuing is. */
    List<Sample> samples() {
        return track.samples();
    }

    /** For display: the last one, or an earlier one where valuing is slow. */
    Sample shown() {
        return track.shown();
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
