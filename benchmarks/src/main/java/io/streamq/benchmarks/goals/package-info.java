/** The figures that StreamQ has set itself, each measured by the benchmark that there is for it, one after the other. */
@NullMarked
package io.streamq.benchmarks.goals;

import org.jspecify.annotations.NullMarked;
