/** How long an experience takes to become a policy. */
@NullMarked
package io.streamq.benchmarks.latency;

import org.jspecify.annotations.NullMarked;
