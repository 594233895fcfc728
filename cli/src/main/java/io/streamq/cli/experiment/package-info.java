/** Experiments that anybody can repeat by a command; what they showed is written down in {@code docs/results.md}. */
@NullMarked
package io.streamq.cli.experiment;

import org.jspecify.annotations.NullMarked;
