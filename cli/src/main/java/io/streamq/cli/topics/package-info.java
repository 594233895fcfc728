/** Creates and checks the topics. */
@NullMarked
package io.streamq.cli.topics;

import org.jspecify.annotations.NullMarked;
