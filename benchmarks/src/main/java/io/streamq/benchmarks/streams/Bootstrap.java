package io.streamq.benchmarks.streams;

import java.nio.ByteBuffer;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** On the successor's shard: computes the target, and sends it with the action to the state. */
final class Bootstrap extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
    private static final double DISCOUNT = 0.99;

    private KeyValueStore<byte[], byte[]> rows;

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
        boolean bootstraps = value.get() == 1;
        byte[] state = new byte[value.remaining()];
        value.get(state);
        if (bootstraps) {
            byte[] next = rows.get(step.key());
            target += DISCOUNT * (next == null ? 0 : StoredRow.value(next, StoredRow.best(next)));
        }
        byte[] valued = ByteBuffer.allocate(Integer.BYTES + Double.BYTES)
                .putInt(action)
                .putDouble(target)
                .array();
        context().forward(step.withKey(state).withValue(valued));
    }
}
