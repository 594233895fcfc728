package io.streamq.job.learn;

import java.io.Serializable;

/**
 * Which shards replicate their views.
 *
 * @param maxRows most rows of short states of all shards together, each having an equal share; longer states count as more; 0: no
 *     replication
 * @param waitMillis how long a change waits for others to go with it
 */
public record Replication(int maxRows, long waitMillis) implements Serializable {
    /** None. */
    public static final Replication NONE = new Replication(0, 0);

    /** Each change of a value goes to each REPLICA: with more of them that costs more than it saves. */
    private static final int MOST_SHARDS = 8;

    /** Whether that many shards replicate. */
    public boolean isWantedOf(int shards) {
        return maxRows > 0 && shards > 1 && shards <= MOST_SHARDS;
    }
}
