package io.streamq.benchmarks.latency;

/**
 * When each experience is meant to be sent, whether or not somebody was ready to send it then: measuring from there keeps a stall
 * from hiding those that it kept from being sent (coordinated omission).
 *
 * @param first experience of the schedule
 * @param startNanos its time
 * @param firstMeasured those before warm up
 * @param end the first that is not sent any more
 */
record Schedule(long first, long startNanos, double perSecond, long firstMeasured, long end) {
    long intendedNanos(long experience) {
        return startNanos + (long) ((experience - first) * 1e9 / perSecond);
    }

    boolean measures(long experience) {
        return experience >= firstMeasured && experience < end;
    }

    /** Those that should have been sent by now, as the first that should not. */
    long due(long nanos) {
        return Math.min(end, first + 1 + (long) ((nanos - startNanos) * perSecond / 1e9));
    }
}
