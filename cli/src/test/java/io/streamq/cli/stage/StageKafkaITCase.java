package io.streamq.cli.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamq.simulation.GridWorld;
import java.util.List;
import org.junit.jupiter.api.Test;

class StageKafkaITCase {
    @Test
    void whoIsInterruptedWhileTheJobStartsLeavesNoFlinkBehind() {
        Stage.Task task = Stage.Task.in(GridWorld.of(2, 2));
        assertThatThrownBy(() -> Stage.start(task, step -> {
                    if (step.equals("waiting for the job to run")) {
                        assertThat(threadsOfFlink()).isNotEmpty();
                        Thread.currentThread().interrupt();
                    }
                }))
                .isInstanceOf(InterruptedException.class);
        assertThat(threadsOfFlink()).isEmpty();
    }

    private static List<String> threadsOfFlink() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("flink-"))
                .toList();
    }
}
