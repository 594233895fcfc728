/** The ends of the job: topics in, topics out. */
@NullMarked
package io.streamq.job.kafka;

import org.jspecify.annotations.NullMarked;
