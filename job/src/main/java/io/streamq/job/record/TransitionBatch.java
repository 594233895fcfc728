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
    private final KeyCursor passing = new KeyCursor();
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

    /**
     * Adds a valid experience, of whose successor nothing is known yet.
     *
     * @param nextState where it led; {@code null} when terminated, as nothing is bootstrapped then
     * @param discount the experience's own; NaN for the policy's
     * @param identity hash of what identifies the experience, alike for every copy of it; its place on the topic if it tells nothing
     * @param nextAction the action taken in nextState as sent, or -1; not yet known to be an action
     * @param legalActions legal actions of state as in {@link io.streamq.learning.ActionSet}; {@code null} when not told
     * @param source the record that it was decoded from
     */
    public void add(
            KeyWords state,
            @Nullable KeyWords nextState,
            int action,
            double reward,
            double discount,
            long identity,
            int nextAction,
            long @Nullable [] legalActions,
            SourceRecord source) {
        byte[] key = bytesOfLong(state);
        byte[] sourceKey = source.key();
        byte[] sourceValue = source.value();
        byte[] nextKey = bytesOfLong(nextState);
        int length = REST
                + lengthOf(key)
                + (legalActions == null ? 0 : Long.BYTES * legalActions.length)
                + lengthOf(sourceKey)
                + lengthOf(sourceValue)
                + (nextState == null ? 0 : NEXT_REST + lengthOf(nextKey));
        makeRoom(length);
        at = end;
        putInt(LENGTH, length);
        putInt(STATE_HASH, state.hash());
        putLong(STATE_FIRST, state.first());
        putLong(STATE_SECOND, state.second());
        putDouble(REWARD, reward);
        putDouble(DISCOUNT, discount);
        putDouble(NEXT_VALUE, UNSEEN);
        putLong(IDENTITY, identity);
        putLong(OFFSET, source.offset());
        putLong(TIMESTAMP, source.timestampMillis());
        putInt(PARTITION, source.partition());
        putInt(ACTION, action);
        putInt(NEXT_ACTION, nextAction);
        putInt(NEXT_STATE_BYTES, nextState == null ? 0 : nextState.stateLength());
        putInt(NEXT_GENERATION, 0);
        putInt(STATE_KEY_BYTES, key == null ? ABSENT : key.length);
        putInt(LEGAL_WORDS, legalActions == null ? 0 : legalActions.length);
        putInt(SOURCE_KEY_BYTES, sourceKey == null ? ABSENT : sourceKey.length);
        putInt(SOURCE_VALUE_BYTES, sourceValue == null ? ABSENT : sourceValue.length);
        putInt(NEXT_KEY_BYTES, nextKey == null ? ABSENT : nextKey.length);
        int nextAt = put(sourceValue, put(sourceKey, put(legalActions, put(key, REST))));
        if (nextState != null) {
            putInt(nextAt, nextState.hash());
            putLong(nextAt + NEXT_FIRST, nextState.first());
            putLong(nextAt + NEXT_SECOND, nextState.second());
            put(nextKey, nextAt + NEXT_REST);
        }
        end += length;
        count++;
    }

    /** Takes the successor's key out of the transition that was added last: its value is to stand in its place. */
    public void dropNextState() {
        int length = nextKeyOf(at);
        putInt(LENGTH, length);
        putInt(NEXT_KEY_BYTES, ABSENT);
        end = at + length;
    }

    /** Where the transition begins that was added last. */
    public int last() {
        return at;
    }

    /** Stands at the transition that begins at a place. */
    public void standAt(int start) {
        at = start;
    }

    /** Sets the successor's value; both numbers mean nothing if there is no successor. */
    public void setNextValue(double nextValue, int nextGeneration) {
        putDouble(NEXT_VALUE, nextValue);
        putInt(NEXT_GENERATION, nextGeneration);
    }

    /** Adds the transition at which another batch stands, with its successor's value in place of its successor's key. */
    public void add(TransitionBatch other, double nextValue, int nextGeneration) {
        int length = other.nextKeyOf(other.at);
        makeRoom(length);
        System.arraycopy(other.bytes, other.at, bytes, end, length);
        at = end;
        end += length;
        count++;
        putInt(LENGTH, length);
        putInt(NEXT_KEY_BYTES, ABSENT);
        setNextValue(nextValue, nextGeneration);
    }

    private static byte @Nullable [] bytesOfLong(@Nullable KeyWords key) {
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
        fillWithState(passing, 0);
        return passing.toKey();
    }

    /** The successor of the first transition: one of the key group of all, on the first hop. */
    public StateKey firstNextState() {
        fillWithNextState(passing, 0);
        return passing.toKey();
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
    public int statesAhead(KeyCursor[] states) {
        int found = 0;
        for (int start = ahead; start < end && found < states.length; start += intOf(start, LENGTH)) {
            fillWithState(states[found++], start);
        }
        return found;
    }

    /** Tells the successors of the transitions behind this one, likewise. First hop only. */
    public int nextStatesAhead(KeyCursor[] nextStates) {
        int found = 0;
        for (int start = ahead; start < end && found < nextStates.length; start += intOf(start, LENGTH)) {
            fillWithNextState(nextStates[found++], start);
        }
        return found;
    }

    public StateKey state() {
        fillWithState(passing, at);
        return passing.toKey();
    }

    /** The successor. First hop only. */
    public StateKey nextState() {
        fillWithNextState(passing, at);
        return passing.toKey();
    }

    private void fillWithState(KeyCursor key, int start) {
        fill(
                key,
                start + STATE_HASH,
                start + STATE_FIRST,
                start + STATE_SECOND,
                start + REST,
                intOf(start, STATE_KEY_BYTES));
    }

    private void fillWithNextState(KeyCursor key, int start) {
        int next = start + nextKeyOf(start);
        fill(key, next, next + NEXT_FIRST, next + NEXT_SECOND, next + NEXT_REST, intOf(start, NEXT_KEY_BYTES));
    }

    private void fill(KeyCursor key, int hash, int first, int second, int rest, int restLength) {
        int keyHash = (int) INT.get(bytes, hash);
        if (restLength == ABSENT) {
            key.fill((long) LONG.get(bytes, first), (long) LONG.get(bytes, second), keyHash);
        } else {
            key.fill(StateKey.owning(Arrays.copyOfRange(bytes, rest, rest + restLength), keyHash));
        }
    }

    /** Of the state's key. */
    public int stateHash() {
        return intAt(STATE_HASH);
    }

    public int action() {
        return intAt(ACTION);
    }

    public double reward() {
        return doubleAt(REWARD);
    }

    /** As in {@link #add}. */
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

    /** As in {@link #add}. */
    public int nextAction() {
        return intAt(NEXT_ACTION);
    }

    /** As in {@link #add}. */
    public long identity() {
        return longAt(IDENTITY);
    }

    /** As in {@link #add}. */
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
        return REST + presentOf(at, STATE_KEY_BYTES);
    }

    private int sourceKeyAt() {
        return legalAt() + Long.BYTES * intAt(LEGAL_WORDS);
    }

    private int sourceValueAt() {
        return sourceKeyAt() + presentOf(at, SOURCE_KEY_BYTES);
    }

    private int nextKeyOf(int start) {
        return REST
                + presentOf(start, STATE_KEY_BYTES)
                + Long.BYTES * intOf(start, LEGAL_WORDS)
                + presentOf(start, SOURCE_KEY_BYTES)
                + presentOf(start, SOURCE_VALUE_BYTES);
    }

    private int presentOf(int start, int index) {
        return Math.max(0, intOf(start, index));
    }

    private int intOf(int start, int index) {
        return (int) INT.get(bytes, start + index);
    }

    private int intAt(int index) {
        return intOf(at, index);
    }

    private long longAt(int index) {
        return (long) LONG.get(bytes, at + index);
    }

    private double doubleAt(int index) {
        return Double.longBitsToDouble(longAt(index));
    }
}
