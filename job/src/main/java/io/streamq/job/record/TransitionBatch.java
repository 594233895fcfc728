package io.streamq.job.record;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Transitions on their way between operators, packed one behind the other, and the cursor that reads them (ADR 0010). On the first hop
 * all their successors are in one key group, on the second all their states, so a batch goes wherever Flink sends any key of it.
 *
 * <p>Mutable, and owned by one thread. The methods that add fill it; then {@link #next} goes from one transition to the next, and
 * all that is asked for is of the one where it stands.
 */
public final class TransitionBatch {
    /** The bootstrap value of a successor that nobody acted in: LEARN puts the policy's initial value in its place. */
    public static final double UNSEEN = Double.NaN;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    // Where everything stands from the beginning of a transition.
    private static final int LENGTH = 0;
    private static final int STATE_HASH = 4;
    private static final int STATE_FIRST = 8;
    private static final int STATE_SECOND = 16;
    private static final int REWARD = 24;
    private static final int DISCOUNT = 32;
    private static final int NEXT_VALUE = 40;
    private static final int IDENTITY = 48;
    private static final int OFFSET = 56;
    private static final int TIMESTAMP = 64;
    private static final int PARTITION = 72;
    private static final int ACTION = 76;
    private static final int NEXT_ACTION = 80;
    private static final int NEXT_STATE_BYTES = 84;
    private static final int NEXT_GENERATION = 88;
    // How much there is of what has no fixed length, in the order in which it stands behind all that has.
    private static final int STATE_KEY_BYTES = 92;
    private static final int LEGAL_WORDS = 96;
    private static final int SOURCE_KEY_BYTES = 100;
    private static final int SOURCE_VALUE_BYTES = 104;
    private static final int NEXT_KEY_BYTES = 108;
    private static final int REST = 112;

    /** A length that stands for nothing at all, where no bytes are something. */
    private static final int ABSENT = -1;
    /** The successor's key comes last, and only on the first hop: its hash, and the words of a short one. */
    private static final int NEXT_FIRST = 4;

    private static final int NEXT_SECOND = 12;
    private static final int NEXT_REST = 20;

    private static final byte[] NOTHING = {};

    private byte[] bytes;
    private int end;
    private int count;
    private int at;
    private int ahead;
    /** Who wants it back. */
    private @Nullable TransitionBatchSerializer lender;

    /** An empty batch. */
    public TransitionBatch() {
        this(NOTHING, 0, 0);
    }

    /** One of so many transitions, taking ownership of their bytes. */
    TransitionBatch(byte[] bytes, int end, int count) {
        this.bytes = bytes;
        this.end = end;
        this.count = count;
    }

    /** Adds a transition whose successor is to be looked up. */
    public void add(Transition transition) {
        add(transition, UNSEEN, 0, transition.nextState());
    }

    /** Adds a transition with its successor's value; both numbers mean nothing if it has no successor. */
    public void add(Transition transition, double nextValue, int nextGeneration) {
        add(transition, nextValue, nextGeneration, null);
    }

    private void add(Transition transition, double nextValue, int nextGeneration, @Nullable StateKey nextKey) {
        StateKey state = transition.state();
        SourceRecord source = transition.source();
        byte[] key = bytesOfLong(state);
        long[] legal = transition.legalActions();
        byte[] sourceKey = source.key();
        byte[] sourceValue = source.value();
        byte[] next = bytesOfLong(nextKey);
        int length = REST
                + lengthOf(key)
                + (legal == null ? 0 : Long.BYTES * legal.length)
                + lengthOf(sourceKey)
                + lengthOf(sourceValue)
                + (nextKey == null ? 0 : NEXT_REST + lengthOf(next));
        makeRoom(length);
        StateKey nextState = transition.nextState();
        at = end;
        putInt(LENGTH, length);
        putInt(STATE_HASH, state.hashCode());
        putLong(STATE_FIRST, state.first());
        putLong(STATE_SECOND, state.second());
        putDouble(REWARD, transition.reward());
        putDouble(DISCOUNT, transition.discount());
        putDouble(NEXT_VALUE, nextValue);
        putLong(IDENTITY, transition.identity());
        putLong(OFFSET, source.offset());
        putLong(TIMESTAMP, source.timestampMillis());
        putInt(PARTITION, source.partition());
        putInt(ACTION, transition.action());
        putInt(NEXT_ACTION, transition.nextAction());
        putInt(NEXT_STATE_BYTES, nextState == null ? 0 : nextState.stateLength());
        putInt(NEXT_GENERATION, nextGeneration);
        putInt(STATE_KEY_BYTES, key == null ? ABSENT : key.length);
        putInt(LEGAL_WORDS, legal == null ? 0 : legal.length);
        putInt(SOURCE_KEY_BYTES, sourceKey == null ? ABSENT : sourceKey.length);
        putInt(SOURCE_VALUE_BYTES, sourceValue == null ? ABSENT : sourceValue.length);
        putInt(NEXT_KEY_BYTES, next == null ? ABSENT : next.length);
        int nextAt = put(sourceValue, put(sourceKey, put(legal, put(key, REST))));
        if (nextKey != null) {
            putInt(nextAt, nextKey.hashCode());
            putLong(nextAt + NEXT_FIRST, nextKey.first());
            putLong(nextAt + NEXT_SECOND, nextKey.second());
            end += put(next, nextAt + NEXT_REST);
        } else {
            end += nextAt;
        }
        count++;
    }

    /** Adds the transition at which another batch stands, with its successor's value in place of its successor's key. */
    public void add(TransitionBatch other, double nextValue, int nextGeneration) {
        int length = other.nextKeyAt();
        makeRoom(length);
        System.arraycopy(other.bytes, other.at, bytes, end, length);
        at = end;
        putInt(LENGTH, length);
        putDouble(NEXT_VALUE, nextValue);
        putInt(NEXT_GENERATION, nextGeneration);
        putInt(NEXT_KEY_BYTES, ABSENT);
        end += length;
        count++;
    }

    private static byte @Nullable [] bytesOfLong(@Nullable StateKey key) {
        return key == null || key.isInline() ? null : key.bytes();
    }

    private static int lengthOf(byte @Nullable [] part) {
        return part == null ? 0 : part.length;
    }

    private void makeRoom(int length) {
        if (end + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(end + length, bytes.length + bytes.length / 2));
        }
    }

    private void putInt(int index, int value) {
        INT.set(bytes, at + index, value);
    }

    private void putLong(int index, long value) {
        LONG.set(bytes, at + index, value);
    }

    private void putDouble(int index, double value) {
        LONG.set(bytes, at + index, Double.doubleToRawLongBits(value));
    }

    /** Where what follows is to stand. */
    private int put(byte @Nullable [] part, int index) {
        if (part == null) {
            return index;
        }
        System.arraycopy(part, 0, bytes, at + index, part.length);
        return index + part.length;
    }

    private int put(long @Nullable [] words, int index) {
        int behind = index;
        for (int i = 0; words != null && i < words.length; i++) {
            putLong(behind, words[i]);
            behind += Long.BYTES;
        }
        return behind;
    }

    /**
     * Takes all out.
     *
     * @param keptBytes what it may keep of its room: one huge record must not take its own for good
     */
    public void clear(int keptBytes) {
        if (bytes.length > keptBytes) {
            bytes = NOTHING;
        }
        end = 0;
        count = 0;
        rewind();
    }

    /** How many transitions there are. */
    public int count() {
        return count;
    }

    /** How many bytes they take. */
    public int length() {
        return end;
    }

    byte[] bytes() {
        return bytes;
    }

    void lentBy(TransitionBatchSerializer serializer) {
        lender = serializer;
    }

    void fill(int newCount, byte[] newBytes, int newEnd) {
        bytes = newBytes;
        end = newEnd;
        count = newCount;
        rewind();
    }

    /** Gives it back to whoever read it from the network, to be filled again. Its reader is done with it. */
    public void release() {
        if (lender != null) {
            lender.takeBack(this);
        }
    }

    /** The state of the first transition: one of the key group of all, on the second hop. */
    public StateKey firstState() {
        return stateAt(0);
    }

    /** The successor of the first transition: one of the key group of all, on the first hop. */
    public StateKey firstNextState() {
        int before = at;
        at = 0;
        StateKey first = nextState();
        at = before;
        return first;
    }

    /** Goes back to where {@link #next} leads to the first transition. */
    public void rewind() {
        ahead = 0;
    }

    /** Goes to the next transition, if there is one. */
    public boolean next() {
        if (ahead == end) {
            return false;
        }
        at = ahead;
        ahead += intAt(LENGTH);
        return true;
    }

    /**
     * Tells the states of the transitions behind this one, without going there.
     *
     * @return how many there are, or fit
     */
    public int statesAhead(StateKey[] states) {
        int found = 0;
        for (int start = ahead; start < end && found < states.length; start += (int) INT.get(bytes, start + LENGTH)) {
            states[found++] = stateAt(start);
        }
        return found;
    }

    /** Tells the successors of the transitions behind this one, likewise. First hop only. */
    public int nextStatesAhead(StateKey[] nextStates) {
        int before = at;
        int found = 0;
        for (at = ahead; at < end && found < nextStates.length; at += intAt(LENGTH)) {
            nextStates[found++] = nextState();
        }
        at = before;
        return found;
    }

    public StateKey state() {
        return stateAt(at);
    }

    private StateKey stateAt(int start) {
        int length = (int) INT.get(bytes, start + STATE_KEY_BYTES);
        return key(start + STATE_HASH, start + STATE_FIRST, start + STATE_SECOND, start + REST, length);
    }

    /** The successor. First hop only. */
    public StateKey nextState() {
        int start = at + nextKeyAt();
        return key(start, start + NEXT_FIRST, start + NEXT_SECOND, start + NEXT_REST, intAt(NEXT_KEY_BYTES));
    }

    private StateKey key(int hash, int first, int second, int rest, int restLength) {
        int keyHash = (int) INT.get(bytes, hash);
        return restLength == ABSENT
                ? StateKey.inline((long) LONG.get(bytes, first), (long) LONG.get(bytes, second), keyHash)
                : StateKey.owning(Arrays.copyOfRange(bytes, rest, rest + restLength), keyHash);
    }

    /** Of the state, and so {@link StateKey#hashCode}. */
    public int stateHash() {
        return intAt(STATE_HASH);
    }

    public int action() {
        return intAt(ACTION);
    }

    public double reward() {
        return doubleAt(REWARD);
    }

    /** As in {@link Transition}. */
    public double discount() {
        return doubleAt(DISCOUNT);
    }

    /** Length of the successor's name; 0 when terminated: the target is the reward alone. */
    public int nextStateBytes() {
        return intAt(NEXT_STATE_BYTES);
    }

    public boolean terminated() {
        return nextStateBytes() == 0;
    }

    /** The successor's bootstrap value; {@link #UNSEEN} if it has no row. */
    public double nextValue() {
        return doubleAt(NEXT_VALUE);
    }

    /** Generation of the row that the value was read from, as in {@code SuccessorView}. */
    public int nextGeneration() {
        return intAt(NEXT_GENERATION);
    }

    /** As in {@link Transition}. */
    public int nextAction() {
        return intAt(NEXT_ACTION);
    }

    /** As in {@link Transition}. */
    public long identity() {
        return longAt(IDENTITY);
    }

    /** As in {@link Transition}. */
    public long @Nullable [] legalActions() {
        int words = intAt(LEGAL_WORDS);
        if (words == 0) {
            return null;
        }
        long[] legal = new long[words];
        int start = legalAt();
        for (int i = 0; i < words; i++) {
            legal[i] = longAt(start + Long.BYTES * i);
        }
        return legal;
    }

    /** Kafka's timestamp of the experience. */
    public long timestampMillis() {
        return longAt(TIMESTAMP);
    }

    /** The record that it was decoded from. */
    public SourceRecord source() {
        return new SourceRecord(
                intAt(PARTITION),
                longAt(OFFSET),
                timestampMillis(),
                part(sourceKeyAt(), intAt(SOURCE_KEY_BYTES)),
                part(sourceValueAt(), intAt(SOURCE_VALUE_BYTES)));
    }

    private byte @Nullable [] part(int start, int length) {
        return length == ABSENT ? null : Arrays.copyOfRange(bytes, at + start, at + start + length);
    }

    private int legalAt() {
        return REST + presentAt(STATE_KEY_BYTES);
    }

    private int sourceKeyAt() {
        return legalAt() + Long.BYTES * intAt(LEGAL_WORDS);
    }

    private int sourceValueAt() {
        return sourceKeyAt() + presentAt(SOURCE_KEY_BYTES);
    }

    private int nextKeyAt() {
        return sourceValueAt() + presentAt(SOURCE_VALUE_BYTES);
    }

    private int presentAt(int index) {
        return Math.max(0, intAt(index));
    }

    private int intAt(int index) {
        return (int) INT.get(bytes, at + index);
    }

    private long longAt(int index) {
        return (long) LONG.get(bytes, at + index);
    }

    private double doubleAt(int index) {
        return Double.longBitsToDouble(longAt(index));
    }
}
