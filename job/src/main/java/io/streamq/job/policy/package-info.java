/** How a policy learns, announces and forgets: one set of rules, read from job options or from the control topic. */
@NullMarked
package io.streamq.job.policy;

import org.jspecify.annotations.NullMarked;
