package io.streamq.job.policy;

import java.io.Serializable;

/**
 * Limits on the rows of a policy.
 *
 * @param stateBytes longest state, in bytes of UTF-8
 * @param rows most rows, over all shards; beyond it the least recently touched goes. 0 for no limit
 * @param timeToLiveMillis a row that no experience touched for this long is forgotten; 0 for never
 * @param duplicateWindow identities of recent experiences that each row remembers, 8 bytes each; 0 for none
 */
public record RowLimits(int stateBytes, long rows, long timeToLiveMillis, int duplicateWindow) implements Serializable {
    /** The contract's default limit for a state. */
    public static final int DEFAULT_STATE_BYTES = 1024;
    /** No configuration can exceed it: longer states are rejected before their policy is looked up. */
    public static final int MAX_STATE_BYTES = 1 << 16;

    /** Most identities that a row can be asked to remember. */
    public static final int MAX_DUPLICATE_WINDOW = 1 << 12;

    /** States of default length, rows without limit. */
    public static final RowLimits DEFAULT = new RowLimits(DEFAULT_STATE_BYTES, 0, 0, 0);

    /** Whether rows are ever forgotten, so that the time of their last experience matters. */
    public boolean forgets() {
        return rows > 0 || timeToLiveMillis > 0;
    }
}
