/** How long the job takes to learn again after a process dies, and what its snapshots cost. */
@NullMarked
package io.streamq.benchmarks.recovery;

import org.jspecify.annotations.NullMarked;
