/** The least that any Flink job does. */
@NullMarked
package io.streamq.benchmarks.floor;

import org.jspecify.annotations.NullMarked;
