package io.streamq.cli.policy;

import io.streamq.agent.StatePolicy;
import java.util.List;

/** Prints a policy. */
interface PolicyPrinter {
    /** Prints all known states, in order. */
    void print(List<StatePolicy> states);

    void printUpdated(StatePolicy state);

    /** A state was forgotten; {@code last} is what was known of it. */
    void printForgotten(StatePolicy last);
}
