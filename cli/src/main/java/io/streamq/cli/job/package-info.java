/** The job in a MiniCluster of this JVM. */
@NullMarked
package io.streamq.cli.job;

import org.jspecify.annotations.NullMarked;
