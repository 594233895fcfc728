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

    /** Instead of an identity: that of the record's place on the topic. */
    public static final long NO_IDENTITY = 0;

    // Offsets of the fields in a transition.
    private static final int LENGTH = 0;
    private static final int PARTS = 4;
    /** Length of the successor's name, less one. */
    private static final int NEXT_STATE_LAST = 6;

    private static final int STATE_FIRST = 8;
    private static final int STATE_SECOND = 16;
    private static final int NEXT_VALUE = 24;
    /** The record's partition, above its offset; of a {@link #WIDE_PLACE}, both mixed. */
    private static final int PLACE = 32;

    private static final int ACTION = 40;
    /** A word: the record's timestamp, above the action. */
    private static final int TIMESTAMP = ACTION;

    private static final int NEXT_GENERATION = 48;
    /** The parts that most transitions lack, in the order of their bits; then, to the end, the record's value, cut if possible. */
    private static final int REST = 50;

    // Bits of the parts.
    /** Partition, offset and timestamp, if one of them is out of the usual range. */
    private static final int WIDE_PLACE = 1;

    private static final int DISCOUNT = 1 << 1;
    private static final int NEXT_ACTION = 1 << 2;
    /** Hash and bytes of a key that does not fit into the two words. */
    private static final int LONG_STATE = 1 << 3;

    private static final int LEGAL_ACTIONS = 1 << 4;
    /** Unless it follows from the record's place. */
    private static final int IDENTITY = 1 << 5;
    /** If the value is not cut. */
    private static final int REWARD = 1 << 6;
    /** Of a value that is cut, unless it is plain. */
    private static final int HEAD = 1 << 7;
    /** Of the Kafka record. */
    private static final int KEY = 1 << 8;
    /** The successor's key, only on the first hop: two words, or a length, hash and bytes. */
    private static final int NEXT_STATE = 1 << 9;

    /** Of no part: asks where the value begins. */
    private static final int VALUE = 1 << 10;

    // Further bits beside those of the parts.
    private static final int LONG_NEXT_STATE = 1 << 11;
    private static final int TERMINATED = 1 << 12;
    /** Whether the value, if it is cut, ends with a tail. */
    private static final int TAIL = 1 << 13;

    /** Length of two words of a key. */
    private static final int KEY_WORDS = 2 * Long.BYTES;

    /** Ahead of the bytes of a long key: their number and the hash. */
    private static final int LONG_KEY_HEADER = 2 * Integer.BYTES;

    /** Above nearly all offsets of a partition: a million a second for half a year. */
    private static final int PARTITION_SHIFT = 44;

    /** Kafka counts milliseconds since 1970: 48 bits suffice until the year 6429. */
    private static final int TIMESTAMP_SHIFT = 16;

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
     * @param identity hash of what identifies the experience, equal for every copy of it; {@link #NO_IDENTITY} if it has none
     * @param nextAction the action taken in nextState as sent, or -1; not validated yet
     * @param legalActions legal actions of state as in {@link io.streamq.learning.ActionSet}; {@code null} if not given
     * @param source its cursor on the record it was decoded from, which has a value
     * @param encoded the record's value, to be {@link CutExperience cut}; {@code null} to take it whole
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
        makeRoom(REST + source.valueLength());
        at = end;
        end += REST;
        count++;
        putLong(STATE_FIRST, state.first());
        putLong(STATE_SECOND, state.second());
        putDouble(NEXT_VALUE, UNSEEN);
        int parts = addPlace(source, action);
        putChar(NEXT_GENERATION, 0);
        putChar(NEXT_STATE_LAST, nextStateBytes - 1);
        if (nextStateBytes == 0) {
            parts |= TERMINATED;
        }
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
            appendLong(state);
        }
        if (legalActions != null) {
            parts |= LEGAL_ACTIONS;
            append(legalActions.length);
            for (long word : legalActions) {
                append(word);
            }
        }
        if (identity != NO_IDENTITY) {
            parts |= IDENTITY;
            append(identity);
        }
        boolean cut = encoded != null && CutExperience.isOf(encoded);
        if (!cut) {
            parts |= REWARD;
            append(Double.doubleToRawLongBits(reward));
        } else if (CutExperience.hasHead(encoded)) {
            parts |= HEAD;
            int length = CutExperience.headLength(encoded);
            append(length);
            append(encoded.bytes(), CutExperience.headStart(encoded), length);
        }
        if (source.keyLength() >= 0) {
            parts |= KEY;
            append(source.keyLength());
            append(source.bytes(), source.keyStart(), source.keyLength());
        }
        if (cut) {
            parts |= CutExperience.hasTail(encoded) ? TAIL : 0;
            append(encoded.bytes(), CutExperience.bodyStart(encoded), CutExperience.restLength(encoded));
        } else {
            append(source.bytes(), source.valueStart(), source.valueLength());
        }
        putChar(PARTS, parts);
        putInt(LENGTH, end - at);
    }

    /** Adds the record's place and time, and the action beside it; returns the parts that this needs. */
    private int addPlace(SourceRecords source, int action) {
        int partition = source.partition();
        long offset = source.offset();
        long timestamp = source.timestampMillis();
        putLong(PLACE, placeOf(partition, offset));
        putLong(TIMESTAMP, timestamp << TIMESTAMP_SHIFT | action);
        boolean fits = offset >>> PARTITION_SHIFT == 0
                && partition >>> (Long.SIZE - PARTITION_SHIFT) == 0
                && timestamp << TIMESTAMP_SHIFT >> TIMESTAMP_SHIFT == timestamp;
        if (fits) {
            return 0;
        }
        append(partition);
        append(offset);
        append(timestamp);
        return WIDE_PLACE;
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

    private void appendLong(KeyWords key) {
        append(key.length());
        append(key.hash());
        append(key.bytes(), 0, key.length());
    }

    private void append(byte[] from, int start, int length) {
        makeRoom(length);
        System.arraycopy(from, start, bytes, end, length);
        end += length;
    }

    /** Inserts the successor's key into the last transition, for the first hop. */
    public void addNextState(KeyWords nextState) {
        int value = at + partAt(at, VALUE);
        int length = nextState.isInline() ? KEY_WORDS : LONG_KEY_HEADER + nextState.length();
        makeRoom(length);
        System.arraycopy(bytes, value, bytes, value + length, end - value);
        int behind = end + length;
        end = value;
        if (nextState.isInline()) {
            append(nextState.first());
            append(nextState.second());
        } else {
            appendLong(nextState);
        }
        end = behind;
        putChar(PARTS, charAt(PARTS) | NEXT_STATE | (nextState.isInline() ? 0 : LONG_NEXT_STATE));
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
        int nextState = other.partAt(other.at, NEXT_STATE);
        int value = other.partAt(other.at, VALUE);
        int length = other.intOf(other.at, LENGTH) - (value - nextState);
        makeRoom(length);
        System.arraycopy(other.bytes, other.at, bytes, end, nextState);
        System.arraycopy(other.bytes, other.at + value, bytes, end + nextState, length - nextState);
        at = end;
        end += length;
        count++;
        putChar(PARTS, charAt(PARTS) & ~(NEXT_STATE | LONG_NEXT_STATE));
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
        if (has(start, LONG_STATE)) {
            key.fill(longKey(start + partAt(start, LONG_STATE)));
        } else {
            key.fill(longOf(start, STATE_FIRST), longOf(start, STATE_SECOND));
        }
    }

    private void fillWithNextState(KeyCursor key, int start) {
        int next = partAt(start, NEXT_STATE);
        if (has(start, LONG_NEXT_STATE)) {
            key.fill(longKey(start + next));
        } else {
            key.fill(longOf(start, next), longOf(start, next + Long.BYTES));
        }
    }

    private StateKey longKey(int place) {
        int from = place + LONG_KEY_HEADER;
        byte[] key = Arrays.copyOfRange(bytes, from, from + intOf(place, 0));
        return StateKey.owning(key, intOf(place, Integer.BYTES));
    }

    /** Of the state's key. */
    public int stateHash() {
        return has(at, LONG_STATE)
                ? intOf(at, partAt(at, LONG_STATE) + Integer.BYTES)
                : KeyWords.hash(longOf(at, STATE_FIRST), longOf(at, STATE_SECOND));
    }

    public int action() {
        return charAt(ACTION);
    }

    public double reward() {
        return has(at, REWARD)
                ? doubleOf(at, partAt(at, REWARD))
                : doubleOf(CutExperience.rewardStart(bytes, at + partAt(at, VALUE)), 0);
    }

    /** As in {@link #add}. */
    public double discount() {
        return has(at, DISCOUNT) ? doubleOf(at, partAt(at, DISCOUNT)) : Double.NaN;
    }

    /** Length of the successor's name; 0 when terminated: the target is the reward alone. */
    public int nextStateBytes() {
        return terminated() ? 0 : charAt(NEXT_STATE_LAST) + 1;
    }

    public boolean terminated() {
        return has(at, TERMINATED);
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

    /** As in {@link #add}; of an experience without one, unique per partition and offset, within their usual range. */
    public long identity() {
        return has(at, IDENTITY) ? longOf(at, partAt(at, IDENTITY)) : identityOf(longOf(at, PLACE));
    }

    /** Identity of an experience that carries none. */
    public static long identityOf(int partition, long offset) {
        return identityOf(placeOf(partition, offset));
    }

    private static long placeOf(int partition, long offset) {
        return offset ^ ((long) partition << PARTITION_SHIFT);
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
        return has(at, WIDE_PLACE)
                ? longOf(at, partAt(at, WIDE_PLACE) + Integer.BYTES + Long.BYTES)
                : longOf(at, TIMESTAMP) >> TIMESTAMP_SHIFT;
    }

    /** The record it was decoded from, byte for byte. */
    public SourceRecord source() {
        long place = longOf(at, PLACE);
        int partition = (int) (place >>> PARTITION_SHIFT);
        long offset = place & ((1L << PARTITION_SHIFT) - 1);
        if (has(at, WIDE_PLACE)) {
            int start = partAt(at, WIDE_PLACE);
            partition = intOf(at, start);
            offset = longOf(at, start + Integer.BYTES);
        }
        return new SourceRecord(partition, offset, timestampMillis(), key(), value());
    }

    private byte @Nullable [] key() {
        return has(at, KEY) ? part(KEY) : null;
    }

    /** A copy of one that begins with its length. */
    private byte[] part(int part) {
        int length = at + partAt(at, part);
        int start = length + Integer.BYTES;
        return Arrays.copyOfRange(bytes, start, start + intOf(length, 0));
    }

    private byte[] value() {
        byte[] value = Arrays.copyOfRange(bytes, at + partAt(at, VALUE), at + intOf(at, LENGTH));
        if (has(at, REWARD)) {
            return value;
        }
        StateKey key = state();
        byte[] head = has(at, HEAD) ? part(HEAD) : NOTHING;
        return CutExperience.whole(head, value, has(at, TAIL), terminated(), key.bytes(), key.policyIdLength());
    }

    private boolean has(int start, int part) {
        return (charOf(start, PARTS) & part) != 0;
    }

    /** Offset in a transition where an optional part is, or would be, or where the value is. */
    private int partAt(int start, int part) {
        int before = charOf(start, PARTS) & (part - 1);
        if (before == 0) {
            return REST;
        }
        int index = REST;
        if ((before & WIDE_PLACE) != 0) {
            index += Integer.BYTES + 2 * Long.BYTES;
        }
        if ((before & DISCOUNT) != 0) {
            index += Double.BYTES;
        }
        if ((before & NEXT_ACTION) != 0) {
            index += Integer.BYTES;
        }
        if ((before & LONG_STATE) != 0) {
            index += LONG_KEY_HEADER + intOf(start, index);
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
        if ((before & HEAD) != 0) {
            index += Integer.BYTES + intOf(start, index);
        }
        if ((before & KEY) != 0) {
            index += Integer.BYTES + intOf(start, index);
        }
        if ((before & NEXT_STATE) != 0) {
            index += has(start, LONG_NEXT_STATE) ? LONG_KEY_HEADER + intOf(start, index) : KEY_WORDS;
        }
        return index;
    }

    private int charAt(int index) {
        return charOf(at, index);
    }

    private int charOf(int start, int index) {
        return (char) CHAR.get(bytes, start + index);
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
