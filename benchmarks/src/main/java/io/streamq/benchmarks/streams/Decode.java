package io.streamq.benchmarks.streams;

import io.streamq.schemas.EncodedExperience;
import io.streamq.schemas.PolicyKey;
import io.streamq.schemas.WireFormatException;
import java.nio.ByteBuffer;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Reads an experience, and sends it to its successor: action, reward, whether it continues, and the key of its state.
 */
final class Decode extends ContextualProcessor<byte[], byte[], byte[], byte[]> {
    /** Action, reward, and whether there is a successor. */
    static final int HEAD_BYTES = Integer.BYTES + Double.BYTES + 1;

    private final EncodedExperience experience = new EncodedExperience();

    @Override
    public void process(Record<byte[], byte[]> consumed) {
        try {
            experience.read(consumed.value());
        } catch (WireFormatException e) {
            throw new IllegalStateException(e);
        }
        byte[] state = key(experience.stateStart(), experience.stateLength());
        byte[] nextState =
                experience.terminated() ? state : key(experience.nextStateStart(), experience.nextStateLength());
        byte[] value = ByteBuffer.allocate(HEAD_BYTES + state.length)
                .putInt(experience.action())
                .putDouble(experience.reward())
                .put((byte) (experience.terminated() ? 0 : 1))
                .put(state)
                .array();
        context().forward(consumed.withKey(nextState).withValue(value));
    }

    private byte[] key(int start, int length) {
        byte[] key = new byte[experience.policyIdLength() + 1 + length];
        System.arraycopy(experience.bytes(), experience.policyIdStart(), key, 0, experience.policyIdLength());
        key[experience.policyIdLength()] = PolicyKey.SEPARATOR;
        System.arraycopy(experience.bytes(), start, key, experience.policyIdLength() + 1, length);
        return key;
    }
}
