/** How a record that cannot be learnt from leaves the job: with its bytes, a code and a sentence. */
@NullMarked
package io.streamq.job.rejection;

import org.jspecify.annotations.NullMarked;
