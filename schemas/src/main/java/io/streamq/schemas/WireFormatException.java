package io.streamq.schemas;

/** Bytes that are not a record of the expected type. */
public final class WireFormatException extends Exception {
    /** What is wrong with the bytes, as a stable code. */
    public enum Kind {
        /** Not single-object encoded Avro, or the body does not match the schema it names. */
        NOT_AVRO,
        /** Single-object encoded with a schema that no release knows. */
        UNKNOWN_SCHEMA
    }

    private final Kind kind;

    public WireFormatException(Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
