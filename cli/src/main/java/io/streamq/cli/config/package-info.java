/** The command {@code streamq config}: how policies learn, shown and changed while the job runs. */
@NullMarked
package io.streamq.cli.config;

import org.jspecify.annotations.NullMarked;
