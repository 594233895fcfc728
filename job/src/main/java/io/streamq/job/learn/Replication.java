package io.streamq.job.learn;

import java.io.Serializable;

/**
 * Which shards tell replicas what changes in their views.
 *
 * @param maxRows most rows of all shards together, each having an equal share; 0: none are replicated
 * @param waitMillis how long a change waits for others to go with it
 */
public record Replication(int maxRows, long waitMillis) implements Serializable {
    /** None. */
    public static final Replication NONE = new Replication(0, 0);

    /** Whether there can be any. */
    public boolean isWanted() {
        return maxRows > 0;
    }
}
