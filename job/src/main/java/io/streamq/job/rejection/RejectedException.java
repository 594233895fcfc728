package io.streamq.job.rejection;

import io.streamq.job.record.Rejection;

/** An experience that cannot be learnt from. Has no stack trace: there may be millions. */
public final class RejectedException extends Exception {
    private final Rejection rejection;

    public RejectedException(Rejection rejection, String message) {
        super(message, null, false, false);
        this.rejection = rejection;
    }

    public Rejection rejection() {
        return rejection;
    }

    /** The sentence of the dead letter: what was expected, what came. */
    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }
}
