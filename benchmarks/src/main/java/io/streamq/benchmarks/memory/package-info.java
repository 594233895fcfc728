/** What rows and updates cost in memory. */
@NullMarked
package io.streamq.benchmarks.memory;

import org.jspecify.annotations.NullMarked;
