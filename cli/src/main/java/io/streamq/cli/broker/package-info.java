/** A Kafka broker inside this JVM, for the demo and for tests. */
@NullMarked
package io.streamq.cli.broker;

import org.jspecify.annotations.NullMarked;
