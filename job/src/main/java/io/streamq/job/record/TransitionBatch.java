package io.streamq.job.record;

import io.streamq.learning.GreedyChoice;
import io.streamq.schemas.CutExperience;
import io.streamq.schemas.EncodedExperience;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Packed transitions between operators, and a cursor over them (ADR 0010). On the first hop all their successors are in one key group, on
 * the second all their states, so Flink can route the batch by any of its keys.
 *
 * <p>Mutable and not thread-safe. The methods that add fill it; then {@link #next} advances the cursor, and accessors read the transition
 * under it.
 */
public final class TransitionBatch {
    /** Bootstrap value of a successor that nobody acted in: LEARN substitutes the policy's initial value. */
    public static final double UNSEEN = Double.NaN;

    private static final VarHandle CHAR = MethodHandles.byteArrayViewVarHandle(char[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    // Offsets of the fields in a transition.
    private static final int LENGTH = 0;
    private static final int STATE_HASH = 4;
    private static final int STATE_FIRST = 8;
    private static final int STATE_SECOND = 16;
    private static final int NEXT_VALUE = 24;
    private static final int NEXT_STATE_BYTES = 32;
    private static final int ACTION = 36;
    private static final int NEXT_GENERATION = 38;
    /** Offset of the reward in the transition, inside the record's value; or {@link #APART}. */
    private static final int REWARD_START = 40;
    /** As in {@link CutExperience#between}, if the record is cut. */
    private static final int BETWEEN = 42;

    private static final int PARTS = 43;
    /**
     * The record it was decoded from, its value cut if possible. After it come the parts that most transitions lack, in the order of the
     * bits of {@link #PARTS}.
     */
    private static final int SOURCE = 44;

    private static final int APART = 0;

    // Flags of the optional parts.
    private static final int DISCOUNT = 1;
    private static final int NEXT_ACTION = 2;
    private static final int LONG_STATE = 4;
    private static final int LEGAL_ACTIONS = 8;
    /** Unless it follows from the record's place. */
    private static final int IDENTITY = 16;
    /** If the record is not cut. */
    private static final int REWARD = 32;
    /** The successor's key: last, and only on the first hop. */
    private static final int NEXT_STATE = 64;

    private static final int LONG_NEXT_STATE = 128;

    // Offsets of the fields in the successor's key.
    private static final int NEXT_HASH = 0;
    private static final int NEXT_FIRST = 4;
    private static final int NEXT_SECOND = 12;
    private static final int NEXT_REST = 20;

    /** Above all offsets of a partition: a million a second for half a year. */
    private static final int PARTITION_SHIFT = 44;

    private static final byte[] NOTHING = {};

    private byte[] bytes;
    private int end;
    private int count;
    private int at;
    private int ahead;
    private final KeyCursor passing = new KeyCursor();
    /** Gets it back on release. */
    private @Nullable TransitionBatchSerializer lender;

    /** An empty batch. */
    public TransitionBatch() {
        this(NOTHING, 0, 0);
    }

    /** Takes ownership of the bytes. */
    TransitionBatch(byte[] bytes, int end, int count) {
        this.bytes = bytes;
        this.end = end;
        this.count = count;
    }

    /**
     * Appends a valid experience whose successor's value is not known yet.
     *
     * @param nextStateBytes length of the successor's name; 0 when terminated, as nothing is bootstrapped then
     * @param discount the experience's own; NaN for the policy's
     * @param identity hash of what identifies the experience, equal for every copy of it; {@link #identityOf} its place on the topic if it
     *     has none
     * @param nextAction the action taken in nextState as sent, or -1; not validated yet
     * @param legalActions legal actions of state as in {@link io.streamq.learning.ActionSet}; {@code null} if not given
     * @param source its cursor on the record it was decoded from
     * @param encoded the record's value, to be {@link CutExperience cut}; {@code null} to take the record whole
     */
    public void add(
            KeyWords state,
            int nextStateBytes,
            int action,
            double reward,
            double discount,
            long identity,
            int nextAction,
            long @Nullable [] legalActions,
            SourceRecords source,
            @Nullable EncodedExperience encoded) {
        makeRoom(SOURCE + source.recordLength());
        at = end;
        count++;
        putInt(STATE_HASH, state.hash());
        putLong(STATE_FIRST, state.first());
        putLong(STATE_SECOND, state.second());
        putDouble(NEXT_VALUE, UNSEEN);
        putInt(NEXT_STATE_BYTES, nextStateBytes);
        putChar(ACTION, action);
        putChar(NEXT_GENERATION, 0);
        boolean whole = encoded == null || !cut(source, encoded);
        if (whole) {
            takeWhole(source);
        }
        int parts = 0;
        if (!Double.isNaN(discount)) {
            parts |= DISCOUNT;
            append(Double.doubleToRawLongBits(discount));
        }
        if (nextAction != GreedyChoice.NONE) {
            parts |= NEXT_ACTION;
            append(nextAction);
        }
        if (!state.isInline()) {
            parts |= LONG_STATE;
            append(state.bytes());
        }
        if (legalActions != null) {
            parts |= LEGAL_ACTIONS;
            append(legalActions.length);
            for (long word : legalActions) {
                append(word);
            }
        }
        if (identity != identityOf(source.partition(), source.offset())) {
            parts |= IDENTITY;
            append(identity);
        }
        if (whole) {
            parts |= REWARD;
            append(Double.doubleToRawLongBits(reward));
        }
        bytes[at + PARTS] = (byte) parts;
        putInt(LENGTH, end - at);
    }

    /** Takes the record without what the state's key restores, if it can. */
    private boolean cut(SourceRecords source, EncodedExperience encoded) {
        if (!CutExperience.isOf(encoded)) {
            return false;
        }
        int value = SOURCE + source.valueStart() - source.start();
        int rewardStart = value + CutExperience.rewardStart(encoded);
        if (rewardStart > Character.MAX_VALUE) {
            return false; // the Kafka key is too long
        }
        System.arraycopy(source.bytes(), source.start(), bytes, at + SOURCE, value - SOURCE);
        int valueLength = CutExperience.write(encoded, bytes, at + value);
        SourceRecords.setValueLength(bytes, at + SOURCE, valueLength);
        putChar(REWARD_START, rewardStart);
        bytes[at + BETWEEN] = (byte) CutExperience.between(encoded);
        end += value + valueLength;
        return true;
    }

    private void takeWhole(SourceRecords source) {
        System.arraycopy(source.bytes(), source.start(), bytes, at + SOURCE, source.recordLength());
        putChar(REWARD_START, APART);
        end += SOURCE + source.recordLength();
    }

    private void append(int number) {
        makeRoom(Integer.BYTES);
        INT.set(bytes, end, number);
        end += Integer.BYTES;
    }

    private void append(long number) {
        makeRoom(Long.BYTES);
        LONG.set(bytes, end, number);
        end += Long.BYTES;
    }

    private void append(byte[] part) {
        append(part.length);
        makeRoom(part.length);
        System.arraycopy(part, 0, bytes, end, part.length);
        end += part.length;
    }

    /** Appends the successor's key to the last transition, for the first hop. */
    public void addNextState(KeyWords nextState) {
        int parts = NEXT_STATE;
        append(nextState.hash());
        append(nextState.first());
        append(nextState.second());
        if (!nextState.isInline()) {
            parts |= LONG_NEXT_STATE;
            append(nextState.bytes());
        }
        bytes[at + PARTS] |= (byte) parts;
        putInt(LENGTH, end - at);
    }

    /** Index of the transition added last. */
    public int last() {
        return at;
    }

    /** Moves the cursor to the transition at an index. */
    public void standAt(int start) {
        at = start;
    }

    /** Sets the successor's value; both numbers are meaningless if there is no successor. */
    public void setNextValue(double nextValue, int nextGeneration) {
        putDouble(NEXT_VALUE, nextValue);
        putChar(NEXT_GENERATION, nextGeneration);
    }

    /** Appends the current transition of another batch, with the successor's value in place of its key. */
    public void add(TransitionBatch other, double nextValue, int nextGeneration) {
        int length = other.partAt(other.at, NEXT_STATE);
        makeRoom(length);
        System.arraycopy(other.bytes, other.at, bytes, end, length);
        at = end;
        end += length;
        count++;
        bytes[at + PARTS] &= ~(NEXT_STATE | LONG_NEXT_STATE);
        putInt(LENGTH, length);
        setNextValue(nextValue, nextGeneration);
    }

    private void makeRoom(int length) {
        if (end + length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(end + length, bytes.length + bytes.length / 2));
        }
    }

    private void putChar(int index, int value) {
        CHAR.set(bytes, at + index, (char) value);
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

    /**
     * Removes all transitions.
     *
     * @param keptBytes most capacity to keep: one huge record must not hold its memory forever
     */
    public void clear(int keptBytes) {
        if (bytes.length > keptBytes) {
            bytes = NOTHING;
        }
        end = 0;
        count = 0;
        rewind();
    }

    /** Number of transitions. */
    public int count() {
        return count;
    }

    /** Total length in bytes. */
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

    /** Returns it, no longer in use, to the serializer that read it, for reuse. */
    public void release() {
        if (lender != null) {
            lender.takeBack(this);
        }
    }

    /** State of the first transition; on the second hop, all have its key group. */
    public StateKey firstState() {
        fillWithState(passing, 0);
        return passing.toKey();
    }

    /** Successor of the first transition; on the first hop, all have its key group. */
    public StateKey firstNextState() {
        fillWithNextState(passing, 0);
        return passing.toKey();
    }

    /** Moves the cursor ahead of the first transition. */
    public void rewind() {
        ahead = 0;
    }

    /** Advances; false at the end. */
    public boolean next() {
        if (ahead == end) {
            return false;
        }
        at = ahead;
        ahead += intOf(at, LENGTH);
        return true;
    }

    /**
     * Fills in the states of the next transitions without moving the cursor.
     *
     * @return how many there were, or fit
     */
    public int statesAhead(KeyCursor[] states) {
        int found = 0;
        for (int start = ahead; start < end && found < states.length; start += intOf(start, LENGTH)) {
            fillWithState(states[found++], start);
        }
        return found;
    }

    /** Fills in the successors of the next transitions likewise. First hop only. */
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
        int hash = intOf(start, STATE_HASH);
        if (has(start, LONG_STATE)) {
            key.fill(longKey(start + partAt(start, LONG_STATE), hash));
        } else {
            key.fill(longOf(start, STATE_FIRST), longOf(start, STATE_SECOND), hash);
        }
    }

    private void fillWithNextState(KeyCursor key, int start) {
        int next = start + partAt(start, NEXT_STATE);
        int hash = intOf(next, NEXT_HASH);
        if (has(start, LONG_NEXT_STATE)) {
            key.fill(longKey(next + NEXT_REST, hash));
        } else {
            key.fill(longOf(next, NEXT_FIRST), longOf(next, NEXT_SECOND), hash);
        }
    }

    /** The length-prefixed key at an index. */
    private StateKey longKey(int place, int hash) {
        int from = place + Integer.BYTES;
        return StateKey.owning(Arrays.copyOfRange(bytes, from, from + intOf(place, 0)), hash);
    }

    /** Of the state's key. */
    public int stateHash() {
        return intOf(at, STATE_HASH);
    }

    public int action() {
        return charAt(ACTION);
    }

    public double reward() {
        int start = charAt(REWARD_START);
        return doubleOf(at, start == APART ? partAt(at, REWARD) : start);
    }

    /** As in {@link #add}. */
    public double discount() {
        return has(at, DISCOUNT) ? doubleOf(at, partAt(at, DISCOUNT)) : Double.NaN;
    }

    /** Length of the successor's name; 0 when terminated: the target is the reward alone. */
    public int nextStateBytes() {
        return intOf(at, NEXT_STATE_BYTES);
    }

    public boolean terminated() {
        return nextStateBytes() == 0;
    }

    /** The successor's bootstrap value; {@link #UNSEEN} if it has no row. */
    public double nextValue() {
        return doubleOf(at, NEXT_VALUE);
    }

    /** Generation of the row that the value was read from, as in {@code SuccessorView}. */
    public int nextGeneration() {
        return charAt(NEXT_GENERATION);
    }

    /** As in {@link #add}. */
    public int nextAction() {
        return has(at, NEXT_ACTION) ? intOf(at, partAt(at, NEXT_ACTION)) : GreedyChoice.NONE;
    }

    /** As in {@link #add}. */
    public long identity() {
        return has(at, IDENTITY)
                ? longOf(at, partAt(at, IDENTITY))
                : identityOf(SourceRecords.partition(bytes, at + SOURCE), SourceRecords.offset(bytes, at + SOURCE));
    }

    /** Identity of an experience that carries none: unique per partition and offset. */
    public static long identityOf(int partition, long offset) {
        return identityOf(offset ^ ((long) partition << PARTITION_SHIFT));
    }

    /**
     * Mixes a hash so that every bit depends on all of its bits (Stafford's variant 13, as in SplittableRandom). Otherwise neighbouring
     * steps or offsets would toss the same coin for a while, in step with the world.
     */
    public static long identityOf(long hash) {
        long half = (hash ^ (hash >>> 30)) * 0xBF58476D1CE4E5B9L;
        half = (half ^ (half >>> 27)) * 0x94D049BB133111EBL;
        return half ^ (half >>> 31);
    }

    /** As in {@link #add}. */
    public long @Nullable [] legalActions() {
        if (!has(at, LEGAL_ACTIONS)) {
            return null;
        }
        int start = partAt(at, LEGAL_ACTIONS);
        long[] legal = new long[intOf(at, start)];
        for (int i = 0; i < legal.length; i++) {
            legal[i] = longOf(at, start + Integer.BYTES + Long.BYTES * i);
        }
        return legal;
    }

    /** Kafka's timestamp of the experience. */
    public long timestampMillis() {
        return SourceRecords.timestampMillis(bytes, at + SOURCE);
    }

    /** The record it was decoded from, byte for byte. */
    public SourceRecord source() {
        SourceRecord record = SourceRecords.record(bytes, at + SOURCE);
        byte[] cut = record.value();
        if (has(at, REWARD) || cut == null) {
            return record;
        }
        StateKey key = state();
        byte[] value = CutExperience.whole(cut, bytes[at + BETWEEN] & 0xFF, key.bytes(), key.policyIdLength());
        return new SourceRecord(record.partition(), record.offset(), record.timestampMillis(), record.key(), value);
    }

    private boolean has(int start, int part) {
        return (bytes[start + PARTS] & part) != 0;
    }

    /** Offset in a transition where an optional part is, or would be. */
    private int partAt(int start, int part) {
        int index = SOURCE + SourceRecords.recordLength(bytes, start + SOURCE);
        int before = bytes[start + PARTS] & (part - 1);
        if (before == 0) {
            return index;
        }
        if ((before & DISCOUNT) != 0) {
            index += Double.BYTES;
        }
        if ((before & NEXT_ACTION) != 0) {
            index += Integer.BYTES;
        }
        if ((before & LONG_STATE) != 0) {
            index += Integer.BYTES + intOf(start, index);
        }
        if ((before & LEGAL_ACTIONS) != 0) {
            index += Integer.BYTES + Long.BYTES * intOf(start, index);
        }
        if ((before & IDENTITY) != 0) {
            index += Long.BYTES;
        }
        if ((before & REWARD) != 0) {
            index += Double.BYTES;
        }
        return index;
    }

    private int charAt(int index) {
        return (char) CHAR.get(bytes, at + index);
    }

    private int intOf(int start, int index) {
        return (int) INT.get(bytes, start + index);
    }

    private long longOf(int start, int index) {
        return (long) LONG.get(bytes, start + index);
    }

    private double doubleOf(int start, int index) {
        return Double.longBitsToDouble(longOf(start, index));
    }
}
