/** The figures that StreamQ has set itself as goals, measured one after the other, each by its own benchmark. */
@NullMarked
package io.streamq.benchmarks.goals;

import org.jspecify.annotations.NullMarked;
