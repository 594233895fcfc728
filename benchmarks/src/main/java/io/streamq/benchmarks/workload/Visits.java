package io.streamq.benchmarks.workload;

import io.streamq.cli.program.CommandFailure;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/** How often each action was tried in each state, on which all correct tables agree. */
public final class Visits {
    /** One int each. */
    public static final int MOST_PAIRS = 1 << 29;

    private final int actions;
    private final int[] counts;

    public Visits(int states, int actions) {
        this.actions = actions;
        this.counts = new int[states * actions];
    }

    /** Adds visits of a state by its key on the wire, {@code policyId/state}. */
    public void add(byte[] key, int action, long times) {
        add(Workload.stateOf(key), action, times);
    }

    void add(int state, int action, long times) {
        counts[state * actions + action] += (int) times;
    }

    /**
     * Compares with what was published.
     *
     * @throws CommandFailure naming the first difference
     */
    public void requireEqual(Visits published, String contestant) {
        int at = Arrays.mismatch(counts, published.counts);
        if (at >= 0) {
            throw new CommandFailure("the table of " + contestant + " is wrong: action " + at % actions + " of state "
                    + at / actions + " was tried " + published.counts[at] + " times, and it counts " + counts[at]
                    + "; its speed means nothing");
        }
    }

    /** Writes the counts, for another process to read. */
    public void write(DataOutputStream out) throws IOException {
        for (int count : counts) {
            out.writeInt(count);
        }
    }

    public static Visits read(DataInputStream in, int states, int actions) throws IOException {
        Visits visits = new Visits(states, actions);
        for (int i = 0; i < visits.counts.length; i++) {
            visits.counts[i] = in.readInt();
        }
        return visits;
    }
}
