/** What every command relies on: failures, exit codes, log files, its folders and processes. */
@NullMarked
package io.streamq.cli.program;

import org.jspecify.annotations.NullMarked;
