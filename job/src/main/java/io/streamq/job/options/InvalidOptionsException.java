package io.streamq.job.options;

import java.util.List;

/** Options that the job cannot run with; reports all violations at once. */
public final class InvalidOptionsException extends IllegalArgumentException {
    private final List<String> violations;

    public InvalidOptionsException(List<String> violations) {
        super(String.join(System.lineSeparator(), violations));
        this.violations = List.copyOf(violations);
    }

    /** A sentence each: option, what was expected, what came. */
    public List<String> violations() {
        return violations;
    }
}
