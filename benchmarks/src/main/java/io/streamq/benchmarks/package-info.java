/** The pipeline against its peers, each learning from the same bytes on the same broker. */
@NullMarked
package io.streamq.benchmarks;

import org.jspecify.annotations.NullMarked;
