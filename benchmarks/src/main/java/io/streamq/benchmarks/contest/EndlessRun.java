package io.streamq.benchmarks.contest;

import io.streamq.benchmarks.workload.Stopwatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.common.utils.Utils;

/** A job that repeatedly learns from a whole topic, on its own broker, and can be asked for its progress at any time. */
public final class EndlessRun implements AutoCloseable {
    private final Stadium stadium;
    private final Who who;
    private final BlockingQueue<CompletableFuture<Long>> questions = new LinkedBlockingQueue<>();
    private long learntBefore;
    private volatile boolean ending;

    private EndlessRun(Stadium stadium, Who who) {
        this.stadium = stadium;
        this.who = who;
    }

    /** Publishes the experiences. */
    public static EndlessRun open(Setting setting, Who who) throws IOException, InterruptedException {
        return new EndlessRun(Stadium.open(setting), who);
    }

    /** The processes whose CPU time counts as its own. */
    public List<Long> processes() {
        return stadium.flink().processes();
    }

    /** Learns until told to {@link #end}, and then to the end of the topic; fails if the table of any of its jobs is wrong. */
    public void run() throws Exception {
        while (!ending) {
            FlinkJob job = who.contestant().job().apply(stadium);
            Path savepoint;
            try (FlinkHost.Task task = stadium.flink().start(job)) {
                long unused =
                        Stopwatch.await(() -> learnt(task), stadium.setting().experiences());
                learntBefore += stadium.setting().experiences();
                // On a cluster it also stops the job, whose slots the next one needs.
                savepoint = task.savepoint();
            }
            check(savepoint, job);
        }
    }

    private void check(Path savepoint, FlinkJob job) throws Exception {
        Setting setting = stadium.setting();
        SavepointTable.visits(savepoint, job, setting.states(), setting.actions())
                .requireEqual(stadium.published(), who.title());
        Utils.delete(savepoint.toFile());
    }

    private long learnt(FlinkHost.Task task) throws InterruptedException {
        CompletableFuture<Long> question = questions.poll();
        if (question != null) {
            question.complete(learntBefore + task.appliedNow());
        }
        return task.applied();
    }

    /**
     * Experiences learnt since the beginning. Called by another thread than the learning one; blocks while a job is
     * starting.
     */
    public long learnt() throws InterruptedException, ExecutionException {
        CompletableFuture<Long> question = new CompletableFuture<>();
        questions.add(question);
        return question.get();
    }

    /** Makes the current job the last. Thread-safe. */
    public void end() {
        ending = true;
    }

    @Override
    public void close() {
        stadium.close();
    }
}
