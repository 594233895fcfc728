package io.streamq.cli.topics;

/** One topic as it is. */
record FoundTopic(String name, int partitions, int replication, String cleanupPolicy) {}
