/** What every command stands on: how it fails, what it returns, where it logs, which folders and processes are its own. */
@NullMarked
package io.streamq.cli.program;

import org.jspecify.annotations.NullMarked;
