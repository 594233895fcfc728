/** What is learnt, the result it must have, and how long it takes. */
@NullMarked
package io.streamq.benchmarks.workload;

import org.jspecify.annotations.NullMarked;
