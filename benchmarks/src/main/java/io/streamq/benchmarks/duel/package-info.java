/** Two jobs or two builds compared to the percent, on a machine whose speed changes from minute to minute. */
@NullMarked
package io.streamq.benchmarks.duel;

import org.jspecify.annotations.NullMarked;
