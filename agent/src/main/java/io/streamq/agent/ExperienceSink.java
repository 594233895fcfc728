package io.streamq.agent;

import io.streamq.schemas.Experience;

/** Where an agent leaves its experience. {@link ExperiencePublisher} is the one that sends it to Kafka. */
@FunctionalInterface
public interface ExperienceSink {
    /**
     * Takes one experience, waiting as long as there is no room for it.
     *
     * @throws InterruptedException if interrupted while waiting; the experience was not taken
     */
    void publish(Experience experience) throws InterruptedException;
}
