package io.streamq.cli.experiment;

import io.streamq.cli.program.CommandFailure;
import io.streamq.simulation.SimulatedAgent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs agents concurrently, each in its own thread. */
final class Crowd {
    private static final int POLL_MILLIS = 50;

    private Crowd() {}

    /** Throws if agents should not continue. */
    @FunctionalInterface
    interface Check {
        void require() throws InterruptedException;
    }

    /** Runs agents until each has used up its budget; for agents that wait for no job. */
    static void live(List<SimulatedAgent> agents, long steps, Progress progress) throws InterruptedException {
        live(agents, steps, progress, () -> {});
    }

    /**
     * Runs agents until each has used up its budget.
     *
     * @param steps of all together
     * @param check called repeatedly: agents that wait for a job would wait for ever once it is gone
     * @throws CommandFailure if one of them failed
     */
    static void live(List<SimulatedAgent> agents, long steps, Progress progress, Check check)
            throws InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(agents.size());
        try {
            List<Future<?>> lives = new ArrayList<>();
            agents.forEach(agent -> lives.add(threads.submit(agent)));
            for (Future<?> life : lives) {
                while (!isOver(life)) {
                    check.require();
                    progress.done(
                            agents.stream().mapToLong(SimulatedAgent::steps).sum(), steps);
                }
            }
        } finally {
            agents.forEach(SimulatedAgent::stop);
            threads.shutdownNow();
        }
    }

    private static boolean isOver(Future<?> life) throws InterruptedException {
        try {
            life.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new CommandFailure("a simulated agent failed: " + e.getCause(), e);
        }
    }
}
