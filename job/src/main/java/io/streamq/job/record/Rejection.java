package io.streamq.job.record;

/** Why an experience was not learnt from. The names are part of the contract: dead letters carry them in a header. */
public enum Rejection {
    /** No value at all: a tombstone. */
    VALUE_MISSING,
    /** Not single-object encoded Avro, or a body that does not fit its schema. */
    NOT_AVRO,
    /** Avro with a schema that no release knows. */
    UNKNOWN_SCHEMA,
    /** Not 1 to 64 characters of {@code [A-Za-z0-9._-]}. */
    POLICY_ID_INVALID,
    /** state or nextState is the empty string. */
    STATE_EMPTY,
    /** state or nextState is longer than the limit. */
    STATE_TOO_LONG,
    /** Neither terminated nor a nextState. */
    NEXT_STATE_MISSING,
    /** NaN or infinite. */
    REWARD_NOT_FINITE,
    /** Negative, or not below the policy's number of actions. */
    ACTION_OUT_OF_RANGE,
    /** Not among the state's legal actions, as listed by this or an earlier experience. */
    ACTION_NOT_LEGAL,
    /** Empty, or with an action out of range. */
    LEGAL_ACTIONS_INVALID,
    /** Outside [0, 1] or NaN. */
    DISCOUNT_OUT_OF_RANGE,
    /** The algorithm needs the next action and it is absent. */
    NEXT_ACTION_MISSING,
    /** The algorithm needs the next action and it is negative or too great. */
    NEXT_ACTION_OUT_OF_RANGE,
    /** Of an unconfigured policy, and the job's options do not let it be created. */
    POLICY_UNKNOWN,
    /** On the control topic: not a valid configuration. */
    POLICY_CONFIG_INVALID,
    /** The new value would be infinite or NaN. */
    UPDATE_NOT_FINITE
}
