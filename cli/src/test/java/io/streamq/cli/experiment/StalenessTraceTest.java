package io.streamq.cli.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.streamq.schemas.Experience;
import org.junit.jupiter.api.Test;

class StalenessTraceTest {
    private static final double DISCOUNT = 1.0 / (1 << 24);

    private final StalenessTrace trace = new StalenessTrace();

    /** The value of a row that experience {@code number} updates, having read the value that another one left. */
    private static double value(long number, double read) {
        return number + DISCOUNT * read;
    }

    @Test
    void whatWasReadIsFoundInTheFractionAndWhatCameSinceIsCounted() {
        double first = value(900_000, 0);
        double second = value(900_001, 0);
        double third = value(900_002, 0);
        trace.updated(Announced.row(1, 1, 10, first));
        trace.updated(Announced.row(1, 2, 10, second));
        trace.updated(Announced.row(1, 3, 10, third));
        trace.updated(Announced.row(2, 1, 10, value(900_003, first)));
        trace.updated(Announced.row(2, 2, 10, value(900_004, third)));
        assertThat(trace.missed()).containsExactly(0, 2);
    }

    @Test
    void whatReadNothingIsNotCounted() {
        trace.updated(Announced.row(1, 1, 10, value(5, 0)));
        assertThat(trace.missed()).isEmpty();
    }

    @Test
    void aRowMayBeItsOwnSuccessor() {
        double first = value(1, 0);
        trace.updated(Announced.row(1, 1, 10, first));
        trace.updated(Announced.row(1, 2, 10, value(2, first)));
        trace.updated(Announced.row(1, 3, 10, value(3, first)));
        assertThat(trace.missed()).containsExactly(0, 1);
    }

    @Test
    void acrossShardsTheClockDecidesWhatCameBefore() {
        double first = value(1, 0);
        trace.updated(Announced.row(1, 1, 10, first));
        trace.updated(Announced.row(2, 1, 20, value(3, first)));
        trace.updated(Announced.row(1, 2, 15, value(2, 0)));
        assertThat(trace.missed()).containsExactly(1);
    }

    @Test
    void moreExperiencesThanAValueHasBitsForAreRefused() {
        Experience step = Experience.newBuilder()
                .setState("s")
                .setAction(0)
                .setReward(0)
                .setTerminated(true)
                .build();
        long most = StalenessTrace.MAXIMUM_EXPERIENCES;
        assertThat(StalenessTrace.marked(step, most).getReward()).isEqualTo((double) most);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StalenessTrace.marked(step, most + 1))
                .withMessageContaining("at most 1048576");
    }
}
