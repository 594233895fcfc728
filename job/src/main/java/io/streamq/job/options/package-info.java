/** What can be configured, and how it is validated. */
@NullMarked
package io.streamq.job.options;

import org.jspecify.annotations.NullMarked;
