package io.streamq.job.learn;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.flink.runtime.executiongraph.ExecutionAttemptID;
import org.apache.flink.runtime.executiongraph.ExecutionGraphID;
import org.apache.flink.runtime.jobgraph.JobVertexID;
import org.apache.flink.runtime.operators.testutils.MockEnvironment;
import org.apache.flink.runtime.scheduler.strategy.ExecutionVertexID;
import org.junit.jupiter.api.Test;

class ShardIdTest {
    private final ExecutionGraphID graph = new ExecutionGraphID();

    private ExecutionAttemptID attempt(JobVertexID vertex) {
        return new ExecutionAttemptID(graph, new ExecutionVertexID(vertex, 3), 7);
    }

    /** Flink has no getter for it. If this fails after an upgrade, look how ExecutionAttemptID#toString shows the graph now. */
    @Test
    void theGraphsIdIsReadOffTheTextOfAnAttempt() {
        assertThat(ShardId.executionGraphOf(attempt(new JobVertexID()))).isEqualTo(graph.toString());
    }

    @Test
    void attemptsOfBothVerticesOfAGraphNameTheSameGraph() {
        assertThat(ShardId.executionGraphOf(attempt(new JobVertexID())))
                .isEqualTo(ShardId.executionGraphOf(attempt(new JobVertexID())));
    }

    @Test
    void aShardIsKnownByGraphSubtaskAndAttempt() throws Exception {
        try (MockEnvironment environment = MockEnvironment.builder().build()) {
            ExecutionAttemptID attempt = environment.getExecutionId();
            assertThat(ShardId.of(environment))
                    .isEqualTo(new ShardId(
                            ShardId.executionGraphOf(attempt), attempt.getSubtaskIndex(), attempt.getAttemptNumber()));
        }
    }
}
