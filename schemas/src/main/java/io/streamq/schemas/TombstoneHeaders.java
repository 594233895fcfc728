package io.streamq.schemas;

/** Header names of a tombstone on the policy topic; all values are UTF-8 text. */
public final class TombstoneHeaders {
    /** Epoch of the attempt that forgot the state, as in {@link PolicyUpdate}, decimal: updates of later attempts win over it. */
    public static final String EPOCH = "streamq.epoch";

    private TombstoneHeaders() {}
}
