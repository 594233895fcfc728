/** Output for people: live panels, progress bars, tables, numbers. */
@NullMarked
package io.streamq.cli.terminal;

import org.jspecify.annotations.NullMarked;
