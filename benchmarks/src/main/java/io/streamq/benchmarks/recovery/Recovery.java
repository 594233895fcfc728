package io.streamq.benchmarks.recovery;

/**
 * The time from a kill to the first policy update after it, in milliseconds.
 *
 * @param noticedMillis until the job left RUNNING: Flink's failure detection
 * @param restartedMillis from there until it was RUNNING again: Flink's restart delay
 * @param learntMillis from there until the first update was read: deployment, restore, view, the first experience
 */
record Recovery(long noticedMillis, long restartedMillis, long learntMillis) {
    long totalMillis() {
        return noticedMillis + restartedMillis + learntMillis;
    }
}
