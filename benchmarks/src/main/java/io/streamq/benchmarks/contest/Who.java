package io.streamq.benchmarks.contest;

/** The two Flink jobs by name, for benchmarks that watch them one by one. */
public enum Who {
    FLOOR,
    STREAMQ;

    FlinkContestant contestant() {
        return switch (this) {
            case FLOOR -> FlinkContestant.FLOOR;
            case STREAMQ -> FlinkContestant.PRODUCT;
        };
    }

    /** What tables call it. */
    public String title() {
        return contestant().name();
    }
}
