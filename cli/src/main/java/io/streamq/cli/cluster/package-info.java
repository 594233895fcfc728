/** A real cluster on this machine: Flink and Kafka in separate processes. */
@NullMarked
package io.streamq.cli.cluster;

import org.jspecify.annotations.NullMarked;
