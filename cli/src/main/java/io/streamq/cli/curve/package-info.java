/** How fast the whole product learns, measured on several seeds and drawn. */
@NullMarked
package io.streamq.cli.curve;

import org.jspecify.annotations.NullMarked;
