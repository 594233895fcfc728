/** What a benchmark reports: the machine, tables, JSON, drawings. */
@NullMarked
package io.streamq.benchmarks.report;

import org.jspecify.annotations.NullMarked;
