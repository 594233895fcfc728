package io.streamq.job;

import io.streamq.job.options.InvalidOptionsException;
import io.streamq.job.options.JobOptions;
import io.streamq.job.options.StreamQOptions;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.List;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks before submission whether the job can restore the snapshot that Flink was told to start it from. */
final class SnapshotPreflight {
    private static final Logger LOG = LoggerFactory.getLogger(SnapshotPreflight.class);

    private SnapshotPreflight() {}

    /**
     * Compares the snapshot, if there is one, with the options. One that cannot be read is left to Flink, which says why.
     *
     * @throws InvalidOptionsException if the Q-table has another number of key groups
     */
    static void check(ReadableConfig flink, JobOptions options) {
        String snapshot = flink.get(StateRecoveryOptions.SAVEPOINT_PATH);
        if (snapshot == null) {
            return;
        }
        try {
            requireKeyGroups(snapshot, options);
        } catch (IOException e) {
            LOG.info("The snapshot {} could not be checked before the start: {}", snapshot, e.toString());
        }
    }

    private static void requireKeyGroups(String snapshot, JobOptions options) throws IOException {
        try (DataInputStream metadata =
                new DataInputStream(AbstractFsCheckpointStorageAccess.resolveCheckpointPointer(snapshot)
                        .getMetadataHandle()
                        .openInputStream())) {
            for (OperatorState operator : Checkpoints.loadCheckpointMetadata(
                            metadata, SnapshotPreflight.class.getClassLoader(), snapshot)
                    .getOperatorStates()) {
                boolean isLearn = operator.getOperatorUid().stream().anyMatch(OperatorUids.LEARN::equals);
                if (isLearn && operator.getMaxParallelism() != options.maxParallelism()) {
                    throw new InvalidOptionsException(List.of(StreamQOptions.MAX_PARALLELISM.key()
                            + " must be that of the snapshot, whose Q-table has a fixed number of key groups: it is "
                            + operator.getMaxParallelism() + " in " + snapshot + ", got " + options.maxParallelism()
                            + ". Give --" + StreamQOptions.MAX_PARALLELISM.key() + "=" + operator.getMaxParallelism()
                            + ", or start without the snapshot and learn anew."));
                }
            }
        }
    }
}
