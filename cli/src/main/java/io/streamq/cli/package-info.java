/** The command {@code streamq}: subcommands, how they fail, what they return. */
@NullMarked
package io.streamq.cli;

import org.jspecify.annotations.NullMarked;
