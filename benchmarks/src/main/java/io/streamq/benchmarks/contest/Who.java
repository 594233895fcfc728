package io.streamq.benchmarks.contest;

/** The two Flink jobs by name, for benchmarks that watch them individually. */
public enum Who {
    FLOOR,
    STREAMQ;

    FlinkContestant contestant() {
        return switch (this) {
            case FLOOR -> FlinkContestant.FLOOR;
            case STREAMQ -> FlinkContestant.PRODUCT;
        };
    }

    /** Its name in tables. */
    public String title() {
        return contestant().name();
    }
}
