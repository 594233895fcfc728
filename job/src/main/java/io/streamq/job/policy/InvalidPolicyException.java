package io.streamq.job.policy;

import java.util.List;

/** A configuration that no policy can have; reports all violations at once. */
public final class InvalidPolicyException extends Exception {
    private final List<String> violations;

    public InvalidPolicyException(List<String> violations) {
        super(String.join("; ", violations));
        this.violations = List.copyOf(violations);
    }

    /** A sentence each: field, what was expected, what came. */
    public List<String> violations() {
        return violations;
    }
}
