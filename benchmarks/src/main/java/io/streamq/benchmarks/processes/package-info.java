/** Processes that benchmarks start beside their own, and that must not outlive them. */
@NullMarked
package io.streamq.benchmarks.processes;

import org.jspecify.annotations.NullMarked;
