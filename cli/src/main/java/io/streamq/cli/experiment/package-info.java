/** Experiments that a command repeats; {@code docs/results.md} records their results. */
@NullMarked
package io.streamq.cli.experiment;

import org.jspecify.annotations.NullMarked;
