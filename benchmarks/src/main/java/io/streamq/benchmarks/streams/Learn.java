package io.streamq.benchmarks.streams;

import io.streamq.learning.LearningRate;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** On the state's shard: updates the row, and announces its greedy action when that changes. */
final class Learn extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
    private static final double OMEGA = 0.7;

    private final int actions;
    private final AtomicLong applied;
    private final LearningRate rate = new LearningRate.Polynomial(OMEGA);
    private KeyValueStore<byte[], byte[]> rows;

    Learn(int actions, AtomicLong applied) {
        this.actions = actions;
        this.applied = applied;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> context) {
        super.init(context);
        rows = context.getStateStore(KafkaStreamsPeer.ROWS);
    }

    @Override
    public void process(Record<byte[], byte[]> step) {
        ByteBuffer value = ByteBuffer.wrap(step.value());
        int action = value.getInt();
        double target = value.getDouble();
        byte[] known = rows.get(step.key());
        // The cache returns its own array, and the store compares nothing, but the contract asks for a copy.
        byte[] row = known == null ? StoredRow.untouched(actions) : known.clone();
        double old = StoredRow.value(row, action);
        StoredRow.apply(row, action, old + rate.at(StoredRow.visits(row, action) + 1) * (target - old));
        int best = StoredRow.best(row);
        boolean announces = best != StoredRow.greedy(row);
        if (announces) {
            StoredRow.setGreedy(row, best);
        }
        rows.put(step.key(), row);
        if (announces) {
            context().forward(step.withValue(row));
        }
        applied.incrementAndGet();
    }
}
