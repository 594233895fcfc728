/** The names of the job's metrics. */
@NullMarked
package io.streamq.job.metrics;

import org.jspecify.annotations.NullMarked;
