/** Throughput: StreamQ and its peers, each learning from the same bytes on the same broker. */
@NullMarked
package io.streamq.benchmarks.contest;

import org.jspecify.annotations.NullMarked;
