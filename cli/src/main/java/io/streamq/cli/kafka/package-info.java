/**
 * What every command that talks to Kafka shares: where the broker is, how to log in, and messages when it does not
 * answer.
 */
@NullMarked
package io.streamq.cli.kafka;

import org.jspecify.annotations.NullMarked;
