package io.streamq.schemas;

/** Header names of a dead letter; all values are UTF-8 text. */
public final class DeadLetterHeaders {
    /** A stable code such as {@code REWARD_NOT_FINITE}; the codes are listed in the job's documentation. */
    public static final String REASON = "streamq.reason";

    /** A sentence: what was expected, what came. */
    public static final String MESSAGE = "streamq.message";

    /** The topic the record came from. */
    public static final String SOURCE_TOPIC = "streamq.source.topic";

    /** The partition it came from, decimal. */
    public static final String SOURCE_PARTITION = "streamq.source.partition";

    /** Its offset there, decimal. */
    public static final String SOURCE_OFFSET = "streamq.source.offset";

    /** Its Kafka timestamp, by default the append time at the broker; milliseconds since the epoch, decimal. */
    public static final String SOURCE_TIMESTAMP = "streamq.source.timestamp";

    /**
     * Only where key and value together are too large for a request: their bytes, decimal. The letter then has neither; the other headers
     * say where they are.
     */
    public static final String OMITTED_BYTES = "streamq.omitted.bytes";

    private DeadLetterHeaders() {}
}
