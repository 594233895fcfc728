package io.streamq.benchmarks.latency;

/**
 * When each experience is meant to be sent, whether or not the sender was ready then: measuring from there keeps a stall from
 * hiding the experiences that it delayed (coordinated omission).
 *
 * @param first experience of the schedule
 * @param startNanos intended time of the first
 * @param firstMeasured the first that is measured; those before warm up
 * @param end the first that is no longer sent
 */
record Schedule(long first, long startNanos, double perSecond, long firstMeasured, long end) {
    long intendedNanos(long experience) {
        return startNanos + (long) ((experience - first) * 1e9 / perSecond);
    }

    boolean measures(long experience) {
        return experience >= firstMeasured && experience < end;
    }

    /** The first experience that is not due yet. */
    long due(long nanos) {
        return Math.min(end, first + 1 + (long) ((nanos - startNanos) * perSecond / 1e9));
    }
}
