package io.streamq.job.kafka;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.jspecify.annotations.Nullable;

/**
 * Flink's own enumerator of a job that reads to an end, restored. By itself it says that no partition comes any more where it has found one,
 * which one that knows all of them from its snapshot never does (FLINK-31006): readers would wait for more when they have read all, and the
 * job would not end.
 */
final class RestoredEnumerator implements SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> {
    private final TellingOnce context;
    private final SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> enumerator;

    /** Whether partitions were looked for, and those that were found have been assigned. */
    private boolean complete;

    RestoredEnumerator(
            KafkaSource<?> kafka, SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state)
            throws IOException {
        this.context = new TellingOnce(context);
        enumerator = kafka.restoreEnumerator(this.context, state);
    }

    /** Calls are worked off in order: one behind the search for partitions, and one behind the look at those that it found. */
    @Override
    public void start() {
        enumerator.start();
        behindWhatWasCalled(() -> behindWhatWasCalled(this::complete));
    }

    private void behindWhatWasCalled(Runnable action) {
        context.callAsync(() -> true, (done, failure) -> action.run());
    }

    private void complete() {
        complete = true;
        context.registeredReaders().keySet().forEach(context::signalNoMoreSplits);
    }

    @Override
    public void addReader(int subtask) {
        context.told.remove(subtask);
        enumerator.addReader(subtask);
        if (complete) {
            context.signalNoMoreSplits(subtask);
        }
    }

    @Override
    public void handleSplitRequest(int subtask, @Nullable String host) {
        enumerator.handleSplitRequest(subtask, host);
    }

    @Override
    public void addSplitsBack(List<KafkaPartitionSplit> splits, int subtask) {
        enumerator.addSplitsBack(splits, subtask);
    }

    @Override
    public KafkaSourceEnumState snapshotState(long checkpoint) throws Exception {
        return enumerator.snapshotState(checkpoint);
    }

    @Override
    public void close() throws IOException {
        enumerator.close();
    }

    /** Flink's context, which tells a reader once that no more comes: one that has ended with that is not there to hear it again. */
    private static final class TellingOnce extends ForwardingContext {
        /** The readers that were told since they came. */
        private final Set<Integer> told = new HashSet<>();

        private TellingOnce(SplitEnumeratorContext<KafkaPartitionSplit> context) {
            super(context);
        }

        @Override
        public void signalNoMoreSplits(int subtask) {
            if (told.add(subtask)) {
                super.signalNoMoreSplits(subtask);
            }
        }
    }
}
