package io.streamq.cli.policy;

import io.streamq.agent.StatePolicy;
import io.streamq.cli.terminal.Terminal;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** A policy for programs: a line of JSON per state. */
final class JsonPrinter implements PolicyPrinter {
    /** A state, named as on the topic. */
    record Line(
            String policyId,
            String state,
            int action,
            double value,
            List<Double> qValues,
            List<Long> visits,
            long updates,
            long version,
            long epoch,
            String reason,
            String updatedAt) {}

    /** A state that was forgotten. */
    record Forgotten(String policyId, String state, boolean forgotten) {}

    private final Terminal terminal;

    JsonPrinter(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void print(List<StatePolicy> states) {
        states.forEach(this::printUpdated);
    }

    @Override
    public void printUpdated(StatePolicy state) {
        terminal.printJson(new Line(
                state.policyId(),
                state.state(),
                state.action(),
                state.value(),
                Arrays.stream(state.qValues()).boxed().toList(),
                IntStream.range(0, state.actions()).mapToObj(state::visits).toList(),
                state.updates(),
                state.version(),
                state.epoch(),
                state.reason().name(),
                state.updatedAt().toString()));
    }

    @Override
    public void printForgotten(StatePolicy last) {
        terminal.printJson(new Forgotten(last.policyId(), last.state(), true));
    }
}
