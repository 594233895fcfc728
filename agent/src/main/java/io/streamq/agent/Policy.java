package io.streamq.agent;

import org.jspecify.annotations.Nullable;

/** What is known of each state. {@link PolicyView} is the live one; a lambda can be a fixed one. */
@FunctionalInterface
public interface Policy {
    /** What is known of {@code state}; {@code null} if nothing was announced for it. */
    @Nullable
    StatePolicy lookup(String state);
}
