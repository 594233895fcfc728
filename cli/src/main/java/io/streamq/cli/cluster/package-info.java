/** A real cluster on this machine: Flink and Kafka as processes of their own. */
@NullMarked
package io.streamq.cli.cluster;

import org.jspecify.annotations.NullMarked;
