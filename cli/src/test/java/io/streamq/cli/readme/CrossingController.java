package io.streamq.cli.readme;

import io.streamq.agent.ActionSelector;
import io.streamq.agent.Decision;
import io.streamq.agent.ExperiencePublisher;
import io.streamq.agent.PolicyView;
import io.streamq.agent.PolicyViewSettings;
import io.streamq.agent.PublisherSettings;
import io.streamq.schemas.Experience;
import java.time.Duration;
import java.util.random.RandomGenerator;

/** The agent that the README shows: it switches the traffic lights of one crossing. */
final class CrossingController {
    private final RandomGenerator random = RandomGenerator.getDefault();

    /** What the agent sees and does; any environment looks like this. */
    interface Crossing {
        boolean isOpen();

        /** Cars that wait, as text: {@code north:4 east:0}. */
        String queues();

        /** Gives a direction its green phase and returns the seconds that all cars waited meanwhile. */
        double giveGreen(int direction);
    }

    void control(Crossing crossing, String kafka) throws InterruptedException {
        // README: an agent
        try (var experiences = new ExperiencePublisher(PublisherSettings.of(kafka, "crossing-7"));
                var policy = new PolicyView(PolicyViewSettings.of(kafka, "crossings"))) {
            policy.awaitCaughtUp(Duration.ofSeconds(30));
            ActionSelector selector = ActionSelector.epsilonGreedy(0.1);
            String state = crossing.queues();
            while (crossing.isOpen()) {
                Decision decision = selector.select(policy, state, null, 2, random);
                double waited = crossing.giveGreen(decision.action());
                String nextState = crossing.queues();
                experiences.publish(decision.stamp(Experience.newBuilder())
                        .setPolicyId("crossings")
                        .setState(state)
                        .setReward(-waited)
                        .setNextState(nextState)
                        .setTerminated(false)
                        .build());
                state = nextState;
            }
        }
        // README: end
    }
}
