/** Simulated agents alone, on any broker. */
@NullMarked
package io.streamq.cli.agents;

import org.jspecify.annotations.NullMarked;
