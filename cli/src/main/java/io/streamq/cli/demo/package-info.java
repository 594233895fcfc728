/** The whole product in one JVM, with simulated agents, until what they learn is optimal. */
@NullMarked
package io.streamq.cli.demo;

import org.jspecify.annotations.NullMarked;
