package io.streamq.job;

/** Tie operators to their state in savepoints: never change them. They are the operators' names too. */
public final class OperatorUids {
    public static final String EXPERIENCES = "experiences";
    public static final String DECODE = "decode";
    public static final String BOOTSTRAP = "bootstrap";
    public static final String LEARN = "learn";
    public static final String REPLICA = "replica";
    public static final String CONTROL = "control";
    public static final String CONTROL_DECODE = "control-decode";
    public static final String CONTROL_STATUS = "control-status";
    public static final String POLICY = "policy";
    public static final String DEAD_LETTERS = "dead-letters";

    private OperatorUids() {}
}
