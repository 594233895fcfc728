package io.streamq.schemas;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.avro.SchemaNormalization;

/**
 * Reads an encoded {@link Experience} in place, by position, without allocating: the job does so for every record. A value written with
 * another released schema takes a slow path: Avro translates it to the current schema first.
 *
 * <p>Checks only that the bytes are Avro (lengths, union branches, UTF-8, no trailing bytes); whether the numbers make sense is for the
 * caller to check. Not thread-safe; what it returns is valid until the next {@link #read}.
 */
public final class EncodedExperience {
    /** Avro's single-object header: a marker and the fingerprint of the writer's schema. */
    static final int HEADER_BYTES = 10;

    /** As in the header of a value written with the current schema. */
    private static final long CURRENT_FINGERPRINT =
            SchemaNormalization.parsingFingerprint64(Experience.getClassSchema());

    private static final byte[] ABSENT = new byte[0];
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    /** The highest bit of each byte of a word: set in bytes that are not ASCII. */
    private static final long HIGHEST_BITS = 0x8080808080808080L;

    private final AvroCodec<Experience> codec;

    private byte[] bytes = ABSENT;
    private boolean inPlace;
    private int begin;
    private int end;
    private int position;

    private int policyIdStart;
    private int policyIdLength;
    private int agentIdStart;
    private int agentIdLength;
    private int episodeIdStart;
    private int episodeIdLength;
    private boolean hasStep;
    private long step;
    private int stateStart;
    private int stateLength;
    private int action;
    private double reward;
    private int nextStateStart;
    private int nextStateLength;
    private boolean terminated;
    private boolean truncated;
    private double discount;
    private boolean hasDiscount;
    private int[] legalActions = new int[16];
    private int legalActionCount;
    private boolean hasNextAction;
    private int nextAction;

    public EncodedExperience() {
        this(AvroCodec.experience());
    }

    EncodedExperience(AvroCodec<Experience> codec) {
        this.codec = codec;
    }

    /**
     * Reads a Kafka value.
     *
     * @throws WireFormatException if the bytes are not an experience
     */
    public void read(byte[] value) throws WireFormatException {
        read(value, 0, value.length);
    }

    /**
     * Reads a Kafka value in a larger array, which must not change while the result is in use.
     *
     * @throws WireFormatException if the bytes are not an experience
     */
    public void read(byte[] from, int start, int length) throws WireFormatException {
        inPlace = isCurrent(from, start, length);
        if (inPlace) {
            readBody(from, start, length);
        } else {
            byte[] current = codec.encode(codec.decode(Arrays.copyOfRange(from, start, start + length)));
            readBody(current, 0, current.length);
        }
    }

    private boolean isCurrent(byte[] from, int start, int length) {
        return length >= HEADER_BYTES
                && from[start] == (byte) 0xC3
                && from[start + 1] == 0x01
                && (long) LONG.get(from, start + 2) == CURRENT_FINGERPRINT;
    }

    private void readBody(byte[] from, int start, int length) throws WireFormatException {
        bytes = from;
        begin = start;
        end = start + length;
        position = start + HEADER_BYTES;
        policyIdLength = readTextLength("policyId");
        policyIdStart = skip(policyIdLength);
        agentIdLength = readBranch("agentId") ? readTextLength("agentId") : -1;
        agentIdStart = skip(Math.max(0, agentIdLength));
        episodeIdLength = readBranch("episodeId") ? readTextLength("episodeId") : -1;
        episodeIdStart = skip(Math.max(0, episodeIdLength));
        hasStep = readBranch("step");
        step = hasStep ? readLong("step") : 0;
        stateLength = readTextLength("state");
        stateStart = skip(stateLength);
        action = readInt("action");
        reward = readDouble("reward");
        nextStateLength = readBranch("nextState") ? readTextLength("nextState") : -1;
        nextStateStart = skip(Math.max(0, nextStateLength));
        terminated = readBoolean("terminated");
        truncated = readBoolean("truncated");
        hasDiscount = readBranch("discount");
        discount = hasDiscount ? readDouble("discount") : 0;
        legalActionCount = -1;
        if (readBranch("legalActions")) {
            readLegalActions();
        }
        hasNextAction = readBranch("nextAction");
        nextAction = hasNextAction ? readInt("nextAction") : 0;
        if (readBranch("behaviorProbability")) {
            readDouble("behaviorProbability");
        }
        if (readBranch("policyVersion")) {
            readLong("policyVersion");
        }
        if (readBranch("eventTime")) {
            readLong("eventTime");
        }
        if (position != end) {
            throw notAvro("goes on for " + (end - position) + " bytes after its last field");
        }
    }

    private void readLegalActions() throws WireFormatException {
        legalActionCount = 0;
        for (long block = readLong("legalActions"); block != 0; block = readLong("legalActions")) {
            if (block < 0) {
                long blockBytes = readLong("legalActions");
                if (blockBytes < 0) {
                    throw notAvro("claims a block of " + blockBytes + " bytes in field legalActions");
                }
                block = -block;
            }
            // An item takes at least a byte, so a longer block is a lie; allocating for it would exhaust memory.
            if (block < 0 || block > end - position) {
                throw notAvro("claims " + block + " legalActions in " + (end - position) + " bytes");
            }
            int needed = legalActionCount + (int) block;
            if (needed > legalActions.length) {
                legalActions = Arrays.copyOf(legalActions, Math.max(needed, 2 * legalActions.length));
            }
            for (; legalActionCount < needed; legalActionCount++) {
                legalActions[legalActionCount] = readInt("legalActions");
            }
        }
    }

    private boolean readBranch(String field) throws WireFormatException {
        long branch = readLong(field);
        if (branch != 0 && branch != 1) {
            throw notAvro("has union branch " + branch + " in field " + field);
        }
        return branch == 1;
    }

    private int readTextLength(String field) throws WireFormatException {
        long length = readLong(field);
        if (length < 0 || length > end - position) {
            throw notAvro(
                    "claims " + length + " bytes of text in field " + field + " and has " + (end - position) + " left");
        }
        if (!isUtf8(bytes, position, (int) length)) {
            throw notAvro("has text that is not UTF-8 in field " + field);
        }
        return (int) length;
    }

    private int skip(int length) {
        int start = position;
        position += length;
        return start;
    }

    private boolean readBoolean(String field) throws WireFormatException {
        require(1, field);
        byte value = bytes[position++];
        if (value != 0 && value != 1) {
            throw notAvro("has " + value + " for a boolean in field " + field);
        }
        return value == 1;
    }

    private double readDouble(String field) throws WireFormatException {
        require(Double.BYTES, field);
        double value = Double.longBitsToDouble((long) LONG.get(bytes, position));
        position += Double.BYTES;
        return value;
    }

    private int readInt(String field) throws WireFormatException {
        long value = readLong(field);
        if (value != (int) value) {
            throw notAvro("has " + value + " for an int in field " + field);
        }
        return (int) value;
    }

    /** A zigzag variable-length number, as Avro specifies it. */
    private long readLong(String field) throws WireFormatException {
        long raw = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            require(1, field);
            byte part = bytes[position++];
            raw |= (long) (part & 0x7F) << shift;
            if (part >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw notAvro("has a number of more than 10 bytes in field " + field);
    }

    private void require(int count, String field) throws WireFormatException {
        if (end - position < count) {
            throw notAvro("ends in field " + field);
        }
    }

    private WireFormatException notAvro(String what) {
        return new WireFormatException(
                WireFormatException.Kind.NOT_AVRO,
                "the value must be a single-object encoded Experience: it " + what + ", length " + (end - begin)
                        + " bytes");
    }

    private static boolean isUtf8(byte[] bytes, int start, int length) {
        return isAscii(bytes, start, length) || isStrictUtf8(bytes, start, length);
    }

    private static boolean isAscii(byte[] bytes, int start, int length) {
        int end = start + length;
        int at = start;
        long highest = 0;
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            highest |= (long) LONG.get(bytes, at);
        }
        for (; at < end; at++) {
            highest |= bytes[at];
        }
        return (highest & HIGHEST_BITS) == 0;
    }

    private static boolean isStrictUtf8(byte[] bytes, int start, int length) {
        try {
            StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(bytes, start, length));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    /** Writes the header for the current schema. */
    static void writeHeader(byte[] to) {
        to[0] = (byte) 0xC3;
        to[1] = 0x01;
        LONG.set(to, 2, CURRENT_FINGERPRINT);
    }

    /** Whether it is read where it was received, rather than translated. */
    boolean isInPlace() {
        return inPlace;
    }

    /** Where it begins, including its header. */
    int begin() {
        return begin;
    }

    /** Past its last byte. */
    int end() {
        return end;
    }

    /** The array into which all {@code *Start} positions point: the value, or its translation to the current schema. */
    public byte[] bytes() {
        return bytes;
    }

    public int policyIdStart() {
        return policyIdStart;
    }

    /** In UTF-8 bytes. */
    public int policyIdLength() {
        return policyIdLength;
    }

    public int stateStart() {
        return stateStart;
    }

    /** In UTF-8 bytes. */
    public int stateLength() {
        return stateLength;
    }

    public int nextStateStart() {
        return nextStateStart;
    }

    /** In UTF-8 bytes; -1 if there is none. */
    public int nextStateLength() {
        return nextStateLength;
    }

    public int action() {
        return action;
    }

    public double reward() {
        return reward;
    }

    public boolean terminated() {
        return terminated;
    }

    public boolean truncated() {
        return truncated;
    }

    public boolean hasDiscount() {
        return hasDiscount;
    }

    /** 0 if there is none. */
    public double discount() {
        return discount;
    }

    /** -1 if the experience has no list. */
    public int legalActionCount() {
        return legalActionCount;
    }

    /** The i-th legal action, in the producer's order. */
    public int legalAction(int i) {
        return legalActions[i];
    }

    public boolean hasNextAction() {
        return hasNextAction;
    }

    /** 0 if there is none. */
    public int nextAction() {
        return nextAction;
    }

    /** Whether agentId, episodeId and step are all present, so that {@link #identityHash} tells experiences apart. */
    public boolean hasIdentity() {
        return agentIdLength >= 0 && episodeIdLength >= 0 && hasStep;
    }

    /** A hash of (agentId, episodeId, step): the same for every copy of an experience. */
    public long identityHash() {
        long hash = step;
        hash = hash * 31 + XxHash64.hash(bytes, agentIdStart, Math.max(0, agentIdLength));
        return hash * 31 + XxHash64.hash(bytes, episodeIdStart, Math.max(0, episodeIdLength));
    }
}
