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
 * Flink's own enumerator of a bounded job, restored. By itself it signals the end of splits only after finding one, which an enumerator
 * that knows them all from its snapshot never does (FLINK-31006): readers that have read all would wait for more, and the job would not
 * end.
 */
final class RestoredEnumerator implements SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> {
    private final TellingOnce context;
    private final SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> enumerator;

    /** Whether discovery is done and what it found is assigned. */
    private boolean complete;

    RestoredEnumerator(
            KafkaSource<?> kafka, SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState state)
            throws IOException {
        this.context = new TellingOnce(context);
        enumerator = kafka.restoreEnumerator(this.context, state);
    }

    /** Calls run in order: one queued after partition discovery, one after the handling of what it found. */
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

    /** Flink's context, which signals the end of splits once per reader: one that has ended cannot receive it again. */
    private static final class TellingOnce extends ForwardingContext {
        /** Readers signalled since they registered. */
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
