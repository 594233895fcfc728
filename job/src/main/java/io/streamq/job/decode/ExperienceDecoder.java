package io.streamq.job.decode;

import io.streamq.job.policy.PolicyRules;
import io.streamq.job.policy.RowLimits;
import io.streamq.job.record.KeyCursor;
import io.streamq.job.record.KeyWords;
import io.streamq.job.record.Rejection;
import io.streamq.job.record.SourceRecords;
import io.streamq.job.record.TransitionBatch;
import io.streamq.job.rejection.RejectedException;
import io.streamq.learning.ActionSet;
import io.streamq.learning.GreedyChoice;
import io.streamq.schemas.EncodedExperience;
import io.streamq.schemas.PolicyKey;
import io.streamq.schemas.WireFormatException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a record into a transition, or says in a sentence why it cannot. Checks what holds for all policies; LEARN, which knows the
 * policy's rules, checks the rest. Not thread-safe.
 */
public final class ExperienceDecoder {
    private static final int MAX_POLICY_ID_BYTES = 64;
    /** By ASCII code: looked up for each character of every policyId. */
    private static final boolean[] LEGAL_IN_POLICY_ID = new boolean[128];

    static {
        Stream.of(
                        IntStream.rangeClosed('a', 'z'),
                        IntStream.rangeClosed('A', 'Z'),
                        IntStream.rangeClosed('0', '9'),
                        "._-".chars())
                .flatMapToInt(each -> each)
                .forEach(c -> LEGAL_IN_POLICY_ID[c] = true);
    }

    private final EncodedExperience experience = new EncodedExperience();
    private final KeyCursor state = new KeyCursor();
    private final KeyCursor nextState = new KeyCursor();
    private SourceRecords source = new SourceRecords();
    private long @Nullable [] legalActions;

    /**
     * Decodes and validates the current record. Accessors then refer to it, as long as the cursor stays there.
     *
     * @throws RejectedException if it cannot be learnt from
     */
    public void decode(SourceRecords records) throws RejectedException {
        source = records;
        if (records.valueLength() < 0) {
            throw new RejectedException(
                    Rejection.VALUE_MISSING, "an experience must have a value: the record is a tombstone");
        }
        read(records);
        requirePolicyId();
        requireState("state", experience.stateLength());
        requireAction();
        requireFiniteReward();
        requireDiscount();
        legalActions = legalActions();
        if (bootstraps()) {
            requireNextState();
            fill(nextState, experience.nextStateStart(), experience.nextStateLength());
        }
        fill(state, experience.stateStart(), experience.stateLength());
    }

    /** Whether the step led to a state whose value is needed. */
    public boolean bootstraps() {
        return !experience.terminated();
    }

    public KeyWords state() {
        return state;
    }

    /** Where the step led, if it {@link #bootstraps()}. */
    public KeyWords nextState() {
        return nextState;
    }

    /** Adds the transition to a batch, without its successor's key. */
    public void addTo(TransitionBatch batch) {
        batch.add(
                state,
                bootstraps() ? experience.nextStateLength() : 0,
                experience.action(),
                experience.reward(),
                experience.hasDiscount() ? experience.discount() : Double.NaN,
                identity(),
                bootstraps() ? nextAction() : GreedyChoice.NONE,
                legalActions,
                source,
                experience);
    }

    private void read(SourceRecords records) throws RejectedException {
        try {
            experience.read(records.bytes(), records.valueStart(), records.valueLength());
        } catch (WireFormatException e) {
            Rejection rejection =
                    switch (e.kind()) {
                        case NOT_AVRO -> Rejection.NOT_AVRO;
                        case UNKNOWN_SCHEMA -> Rejection.UNKNOWN_SCHEMA;
                    };
            throw new RejectedException(rejection, String.valueOf(e.getMessage()));
        }
    }

    private void requirePolicyId() throws RejectedException {
        int length = experience.policyIdLength();
        boolean legal = length >= 1 && length <= MAX_POLICY_ID_BYTES;
        for (int i = 0; legal && i < length; i++) {
            byte c = experience.bytes()[experience.policyIdStart() + i];
            legal = c >= 0 && LEGAL_IN_POLICY_ID[c];
        }
        if (!legal) {
            throw new RejectedException(
                    Rejection.POLICY_ID_INVALID,
                    "policyId must have " + PolicyKey.RULE + ": got " + length + " bytes of UTF-8");
        }
    }

    private void requireState(String field, int length) throws RejectedException {
        if (length == 0) {
            throw new RejectedException(Rejection.STATE_EMPTY, field + " must not be empty");
        }
        if (length > RowLimits.MAX_STATE_BYTES) {
            throw new RejectedException(
                    Rejection.STATE_TOO_LONG,
                    field + " must have at most " + RowLimits.MAX_STATE_BYTES + " bytes of UTF-8: got " + length);
        }
    }

    private void requireNextState() throws RejectedException {
        if (experience.nextStateLength() < 0) {
            throw new RejectedException(
                    Rejection.NEXT_STATE_MISSING, "nextState may be null only when terminated is true");
        }
        requireState("nextState", experience.nextStateLength());
    }

    private void requireAction() throws RejectedException {
        if (!isAction(experience.action())) {
            throw new RejectedException(
                    Rejection.ACTION_OUT_OF_RANGE,
                    "action must be in [0, " + PolicyRules.MAX_ACTIONS + "): got " + experience.action());
        }
    }

    private static boolean isAction(int number) {
        return number >= 0 && number < PolicyRules.MAX_ACTIONS;
    }

    private void requireFiniteReward() throws RejectedException {
        if (!Double.isFinite(experience.reward())) {
            throw new RejectedException(
                    Rejection.REWARD_NOT_FINITE, "reward must be finite: got " + experience.reward());
        }
    }

    private void requireDiscount() throws RejectedException {
        double discount = experience.discount();
        if (!(discount >= 0 && discount <= 1)) {
            throw new RejectedException(Rejection.DISCOUNT_OUT_OF_RANGE, "discount must be in [0, 1]: got " + discount);
        }
    }

    private long @Nullable [] legalActions() throws RejectedException {
        int count = experience.legalActionCount();
        if (count < 0) {
            return null;
        }
        if (count == 0) {
            throw new RejectedException(
                    Rejection.LEGAL_ACTIONS_INVALID,
                    "legalActions must name an action: it is empty, although an action was taken");
        }
        int greatest = 0;
        for (int i = 0; i < count; i++) {
            int action = experience.legalAction(i);
            if (!isAction(action)) {
                throw new RejectedException(
                        Rejection.LEGAL_ACTIONS_INVALID,
                        "legalActions must be in [0, " + PolicyRules.MAX_ACTIONS + "): got " + action);
            }
            greatest = Math.max(greatest, action);
        }
        long[] legal = new long[Math.max(greatest, experience.action()) / 64 + 1];
        for (int i = 0; i < count; i++) {
            int action = experience.legalAction(i);
            legal[action >>> 6] |= 1L << action;
        }
        if (!ActionSet.contains(legal, experience.action())) {
            throw new RejectedException(
                    Rejection.ACTION_NOT_LEGAL,
                    "action must be one of the experience's own legalActions: got " + experience.action());
        }
        return legal;
    }

    /** As sent: only some policies need it, and they validate it. */
    private int nextAction() {
        return experience.hasNextAction() ? experience.nextAction() : GreedyChoice.NONE;
    }

    /** Equal for every copy of an experience that tells who made it and when; {@link TransitionBatch#NO_IDENTITY} for others. */
    private long identity() {
        if (!experience.hasIdentity()) {
            return TransitionBatch.NO_IDENTITY;
        }
        long identity = TransitionBatch.identityOf(experience.identityHash());
        return identity == TransitionBatch.NO_IDENTITY ? 1 : identity; // 0 stands for none
    }

    private void fill(KeyCursor key, int start, int length) {
        key.join(experience.bytes(), experience.policyIdStart(), experience.policyIdLength(), start, length);
    }
}
