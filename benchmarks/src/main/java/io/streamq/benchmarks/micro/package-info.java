/** The hot parts one by one. */
@NullMarked
package io.streamq.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
