/** What travels inside the job and how it is serialized: plain records, hand-written serializers, no Avro, no Kryo. */
@NullMarked
package io.streamq.job.record;

import org.jspecify.annotations.NullMarked;
