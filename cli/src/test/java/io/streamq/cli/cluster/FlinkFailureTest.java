package io.streamq.cli.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FlinkFailureTest {
    @Test
    void messageOfTheInnermostCauseIsWhatPeopleRead() {
        String trace = String.join(
                System.lineSeparator(),
                "org.apache.flink.runtime.JobException: The failure is not recoverable",
                "\tat org.apache.flink.A.b(A.java:1)",
                "Caused by: java.lang.IllegalStateException: LEARN and BOOTSTRAP differ.",
                "Give both the same.",
                "\tat io.streamq.C.d(C.java:2)",
                "\t... 5 more");
        assertThat(FlinkFailure.sentence(trace).lines())
                .containsExactlyElementsOf(List.of("LEARN and BOOTSTRAP differ.", "Give both the same."));
        assertThat(FlinkFailure.sentence("java.lang.NoClassDefFoundError: a/b/C"))
                .isEqualTo("NoClassDefFoundError: a/b/C");
    }

    @Test
    void causeWithoutAMessageSaysNothing() {
        String trace = String.join(
                System.lineSeparator(),
                "java.lang.IllegalStateException: BOOTSTRAP found no LEARN.",
                "\tat io.streamq.C.d(C.java:2)",
                "Caused by: java.util.concurrent.TimeoutException",
                "\tat java.base/java.util.E.f(E.java:3)");
        assertThat(FlinkFailure.sentence(trace)).isEqualTo("BOOTSTRAP found no LEARN.");
    }
}
