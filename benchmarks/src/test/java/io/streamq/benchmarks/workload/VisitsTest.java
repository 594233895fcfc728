package io.streamq.benchmarks.workload;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamq.cli.program.CommandFailure;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class VisitsTest {
    private final Visits published = visits(2, 1);

    @Test
    void equalTablesPass() {
        assertThatCode(() -> visits(2, 1).requireEqual(published, "it")).doesNotThrowAnyException();
    }

    /** The sums of rows and tables are the same, so less than every single count would not show it. */
    @Test
    void twoVisitsThatChangedPlacesAreFound() {
        assertThatThrownBy(() -> visits(1, 2).requireEqual(published, "it"))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("action 0 of state 1 was tried 2 times, and it counts 1");
    }

    @Test
    void aKeyNamesItsState() {
        Visits byKey = new Visits(2, 2);
        byKey.add(("default/" + Workload.name(1, 64)).getBytes(StandardCharsets.UTF_8), 0, 2);
        byKey.add(("default/" + Workload.name(1, 8)).getBytes(StandardCharsets.UTF_8), 1, 1);
        assertThatCode(() -> byKey.requireEqual(published, "it")).doesNotThrowAnyException();
    }

    private static Visits visits(int ofFirst, int ofSecond) {
        Visits visits = new Visits(2, 2);
        visits.add(1, 0, ofFirst);
        visits.add(1, 1, ofSecond);
        return visits;
    }
}
