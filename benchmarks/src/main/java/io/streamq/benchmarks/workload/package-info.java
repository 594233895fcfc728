/** What is learnt, what must come of it, and how long that takes. */
@NullMarked
package io.streamq.benchmarks.workload;

import org.jspecify.annotations.NullMarked;
