/** The external contract: Avro records, topic names, keys, headers and the encoding of records. */
@NullMarked
package io.streamq.schemas;

import org.jspecify.annotations.NullMarked;
