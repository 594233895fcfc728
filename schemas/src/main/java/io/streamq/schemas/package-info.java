/** The contract with the outside: Avro records, topic names, keys, headers and the encoding of a record's bytes. */
@NullMarked
package io.streamq.schemas;

import org.jspecify.annotations.NullMarked;
