/** How long it takes until the job learns again after a process died, and what its snapshots cost. */
@NullMarked
package io.streamq.benchmarks.recovery;

import org.jspecify.annotations.NullMarked;
