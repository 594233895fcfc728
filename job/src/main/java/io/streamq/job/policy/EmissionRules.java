package io.streamq.job.policy;

import java.io.Serializable;

/**
 * When a row is announced, beyond each change of its greedy action.
 *
 * @param margin by which a challenger must beat the incumbent greedy action, at least 0
 * @param minimumVisits experiences applied to a state before its first announcement, at least 1
 * @param minimumIntervalMillis least time between two announcements of a state; 0 for none. The last change within it is announced at its
 *     end
 * @param valueTolerance how far a greedy value may move unannounced; infinite for no limit
 * @param heartbeatMillis a row not announced for this long is announced again; 0 for never
 */
public record EmissionRules(
        double margin, long minimumVisits, long minimumIntervalMillis, double valueTolerance, long heartbeatMillis)
        implements Serializable {
    /** Every change of a greedy action, at once. */
    public static final EmissionRules EACH_GREEDY_CHANGE = new EmissionRules(0, 1, 0, Double.POSITIVE_INFINITY, 0);

    /** Whether the time of a row's last announcement matters. */
    public boolean needsTime() {
        return minimumIntervalMillis > 0 || heartbeatMillis > 0;
    }
}
