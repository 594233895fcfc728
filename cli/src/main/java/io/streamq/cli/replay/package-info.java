/** Publishes recorded experience. */
@NullMarked
package io.streamq.cli.replay;

import org.jspecify.annotations.NullMarked;
