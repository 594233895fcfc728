/** A broker and the job in this JVM, and simulated agents on them: what the demo and the learning curve share. */
@NullMarked
package io.streamq.cli.stage;

import org.jspecify.annotations.NullMarked;
