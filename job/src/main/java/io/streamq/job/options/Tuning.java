package io.streamq.job.options;

import java.time.Duration;
import java.util.Map;

/** Trades latency for throughput: how long records wait to travel together. */
public enum Tuning {
    /** Nothing waits for long: agents see at once what was learnt. A busy job fills its buffers anyway. */
    LATENCY(
            Duration.ofMillis(5),
            Map.of("max.poll.records", "5000"),
            // Not 0: at 100,000 updates a second client and broker would be busy with requests of a few records each.
            Map.of("linger.ms", "2", "batch.size", "131072")),
    /** Records travel in large batches, for a job that catches up or costs too much. */
    THROUGHPUT(
            Duration.ofMillis(100),
            Map.of("fetch.min.bytes", "65536", "fetch.max.wait.ms", "100", "max.poll.records", "5000"),
            Map.of("linger.ms", "20", "batch.size", "262144"));

    private final Duration bufferTimeout;

    @SuppressWarnings("ImmutableEnumChecker") // from Map.of
    private final Map<String, String> consumer;

    @SuppressWarnings("ImmutableEnumChecker")
    private final Map<String, String> producer;

    Tuning(Duration bufferTimeout, Map<String, String> consumer, Map<String, String> producer) {
        this.bufferTimeout = bufferTimeout;
        this.consumer = consumer;
        this.producer = producer;
    }

    /** How long a record waits between operators for others to go with it. */
    public Duration bufferTimeout() {
        return bufferTimeout;
    }

    /** Consumer settings for experience, unless given. */
    public Map<String, String> consumer() {
        return consumer;
    }

    /** Producer settings, unless given. */
    public Map<String, String> producer() {
        return producer;
    }
}
