package io.streamq.agent;

import io.streamq.schemas.Experience;

/** Where an agent sends its experience. {@link ExperiencePublisher} sends it to Kafka. */
@FunctionalInterface
public interface ExperienceSink {
    /**
     * Accepts one experience, blocking while there is no room for it.
     *
     * @throws InterruptedException if interrupted while waiting; the experience was not accepted
     */
    void publish(Experience experience) throws InterruptedException;
}
