package io.streamq.benchmarks.latency;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.benchmarks.workload.Workload;
import org.junit.jupiter.api.Test;

class CourseTest {
    @Test
    void theNthAnswerOfAStateAnswersItsNthExperience() {
        Course course = new Course(7, 2);
        long[] sent = new long[7];
        for (long experience = 0; experience < 50; experience++) {
            int state = Workload.stateOf(course.key(experience));
            assertThat(course.answered(state, sent[state]++)).isEqualTo(experience);
        }
    }
}
