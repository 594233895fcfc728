package io.streamq.cli.program;

/** Whether another process still runs, which Java alone cannot tell reliably. */
public final class ProcessState {
    private ProcessState() {}

    /** Whether a process still runs; a zombie, which stays listed until its parent reaps it, does not. */
    public static boolean isRunning(ProcessHandle process) {
        // In this order: a process that is gone is no zombie, and one that ends in between was alive when asked for.
        return !isZombie(process) && process.isAlive();
    }

    /** A process that ended and whose parent, such as a container's first process, may never reap it. */
    private static boolean isZombie(ProcessHandle process) {
        return ProcStat.of(process).filter(ProcStat::isZombie).isPresent();
    }
}
