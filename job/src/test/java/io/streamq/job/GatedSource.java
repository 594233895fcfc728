package io.streamq.job;

import io.streamq.job.record.Packs;
import io.streamq.job.record.RecordType;
import io.streamq.job.record.SourceRecord;
import io.streamq.job.record.SourceRecords;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource.NumberSequenceSplit;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiter;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;

/** A replayable source of one subtask that stands still behind a record of the test's choice. */
final class GatedSource {
    /** Records emitted so far, in all runs from the first savepoint on. */
    static final AtomicLong EMITTED = new AtomicLong();
    /** Where it stands still. */
    static final AtomicLong GATE = new AtomicLong();

    private GatedSource() {}

    /** The records of 0 to {@code count - 1}, in this order. */
    static DataGeneratorSource<SourceRecords> of(long count, GeneratorFunction<Long, SourceRecord> record) {
        return new DataGeneratorSource<>(
                index -> {
                    EMITTED.set(index + 1);
                    return Packs.of(record.map(index));
                },
                count,
                parallelism -> new Gate(),
                RecordType.SOURCE_RECORDS);
    }

    private static final class Gate implements RateLimiter<NumberSequenceSplit> {
        @Override
        public CompletionStage<Void> acquire(int events) {
            return EMITTED.get() < GATE.get() ? CompletableFuture.completedFuture(null) : new CompletableFuture<>();
        }
    }
}
