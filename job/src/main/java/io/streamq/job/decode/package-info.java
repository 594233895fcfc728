/** From Kafka's bytes to valid transitions; pure. */
@NullMarked
package io.streamq.job.decode;

import org.jspecify.annotations.NullMarked;
