/** The same algorithm on Kafka Streams. */
@NullMarked
package io.streamq.benchmarks.streams;

import org.jspecify.annotations.NullMarked;
