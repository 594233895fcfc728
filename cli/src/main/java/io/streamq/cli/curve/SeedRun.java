package io.streamq.cli.curve;

import io.streamq.agent.PolicyView;
import io.streamq.cli.stage.AgentFeed;
import io.streamq.cli.stage.GreedyPolicy;
import io.streamq.simulation.World;
import java.util.List;

/** The agents of one seed, the policy they follow, and what it was worth as they went along. */
final class SeedRun implements AutoCloseable {
    private final World world;
    private final String policyId;
    private final PolicyView policy;
    private final AgentFeed feed;
    private final ValueTrack track;

    /**
     * One moment.
     *
     * @param experiences published for this seed until then
     * @param value expected discounted return of an episode under the greedy policy that the agents had
     */
    record Sample(long experiences, double value) {}

    /**
     * Takes over the view and the feed, and closes them.
     *
     * @param track where what the policy was is noted
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

    /** Looks at the policy first and counts right afterwards, so that no value is shown earlier than it was there. */
    void sample() {
        feed.requireHealthy();
        int[] actions = GreedyPolicy.of(policy, world.mdp());
        track.note(feed.published(), actions);
    }

    String policyId() {
        return policyId;
    }

    /** For the curve; takes its time where values do. */
    List<Sample> samples() {
        return track.samples();
    }

    /** For display: the last one, or an earlier one where values take their time. */
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
