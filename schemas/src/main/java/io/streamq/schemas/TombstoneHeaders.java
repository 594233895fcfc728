package io.streamq.schemas;

/** Names of the headers of a tombstone on the policy topic; all values are UTF-8 text. */
public final class TombstoneHeaders {
    /** The attempt of the job that forgot the state, as in {@link PolicyUpdate}, decimal: updates of later attempts outlive it. */
    public static final String EPOCH = "streamq.epoch";

    private TombstoneHeaders() {}
}
