package io.streamq.agent;

import org.jspecify.annotations.Nullable;

/** The policy topic cannot be followed; the message says why and what to do. */
public final class PolicyUnavailableException extends RuntimeException {
    public PolicyUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
