package io.streamq.cli.program;

/** Whether another process still runs, which Java alone cannot tell for certain. */
public final class ProcessState {
    private ProcessState() {}

    /** Whether a process runs still: one that ended stays listed until its parent takes note, and is not counted. */
    public static boolean isRunning(ProcessHandle process) {
        // In this order: one that is gone is no zombie, and one that goes in between was alive when it was asked for.
        return !isZombie(process) && process.isAlive();
    }

    /** A process that ended, and whose parent, the first of a container perhaps, does not care to take note. */
    private static boolean isZombie(ProcessHandle process) {
        return ProcStat.of(process).filter(ProcStat::isZombie).isPresent();
    }
}
