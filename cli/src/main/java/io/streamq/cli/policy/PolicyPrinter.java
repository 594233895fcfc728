package io.streamq.cli.policy;

import io.streamq.agent.StatePolicy;
import java.util.List;

/** How a policy is shown. */
interface PolicyPrinter {
    /** All states that are known, in order. */
    void print(List<StatePolicy> states);

    void printUpdated(StatePolicy state);

    /** A state is known no more; {@code last} is what was known of it. */
    void printForgotten(StatePolicy last);
}
