package io.streamq.job.record;

/**
 * A record of the experience or control topic as received; travels with what is made of it, so that it can be handed back byte for byte if
 * an error shows up later.
 *
 * @param timestampMillis Kafka's timestamp
 * @param key {@code null} if it had none
 * @param value {@code null} for a tombstone
 */
@SuppressWarnings("ArrayRecordComponent") // carried, never compared
public record SourceRecord(
        int partition,
        long offset,
        long timestampMillis,
        byte @org.jspecify.annotations.Nullable [] key,
        byte @org.jspecify.annotations.Nullable [] value) {}
