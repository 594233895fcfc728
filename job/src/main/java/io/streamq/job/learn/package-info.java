/** DECODE, the two co-located operators, and the memory that they share. */
@NullMarked
package io.streamq.job.learn;

import org.jspecify.annotations.NullMarked;
