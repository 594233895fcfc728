package io.streamq.job.learn;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;

/** Where a subtask runs and which keys it owns; BOOTSTRAP and LEARN of a shard must agree on all of it. */
record Placement(int parallelism, int maxParallelism, KeyGroupRange keyGroups, String slot) {
    static Placement of(TaskInfo task) {
        int parallelism = task.getNumberOfParallelSubtasks();
        int maxParallelism = task.getMaxNumberOfParallelSubtasks();
        return new Placement(
                parallelism,
                maxParallelism,
                KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(
                        maxParallelism, parallelism, task.getIndexOfThisSubtask()),
                task.getAllocationIDAsString());
    }

    /** The differences, BOOTSTRAP's value first. */
    static List<String> differences(Placement bootstrap, Placement learn) {
        List<String> differences = new ArrayList<>();
        note(differences, "parallelism", bootstrap.parallelism, learn.parallelism);
        note(differences, "max parallelism", bootstrap.maxParallelism, learn.maxParallelism);
        note(differences, "key groups", bootstrap.keyGroups, learn.keyGroups);
        note(differences, "slot", bootstrap.slot, learn.slot);
        return differences;
    }

    private static void note(List<String> differences, String what, Object bootstrap, Object learn) {
        if (!bootstrap.equals(learn)) {
            differences.add(what + " " + bootstrap + " and " + learn);
        }
    }
}
