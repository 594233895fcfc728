/** What a benchmark says of itself: the machine, tables, JSON, drawings. */
@NullMarked
package io.streamq.benchmarks.report;

import org.jspecify.annotations.NullMarked;
