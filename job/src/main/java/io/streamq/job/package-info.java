/** The job: {@code StreamQJob} reads options, binds Kafka and calls {@code LearningTopology}, which knows no Kafka. */
@NullMarked
package io.streamq.job;

import org.jspecify.annotations.NullMarked;
