package io.streamq.agent;

import static io.streamq.agent.PolicyUpdates.update;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.streamq.learning.ActionSet;
import java.util.Collections;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Agents and the policy differ in the number of actions, as when the policy grows while they run. */
class OtherActionsTest {
    private final SplittableRandom random = new SplittableRandom(42);

    static Stream<ActionSelector> selectors() {
        return Stream.of(
                ActionSelector.greedy(),
                ActionSelector.epsilonGreedy(1),
                ActionSelector.softmax(10),
                ActionSelector.ucb(1));
    }

    private Set<Integer> chosen(ActionSelector selector, StatePolicy known, long[] legalActions, int actions) {
        return IntStream.range(0, 500)
                .mapToObj(i -> selector.select(state -> known, "s", legalActions, actions, random)
                        .action())
                .collect(Collectors.toSet());
    }

    private static StatePolicy row(int action, Double... qValues) {
        return StatePolicy.of(update("s", 1, 9, action, qValues));
    }

    @ParameterizedTest
    @MethodSource("selectors")
    void anAgentOfFewerActionsKeepsToItsOwn(ActionSelector selector) {
        StatePolicy known = row(2, 0.1, 0.3, 0.5, 0.2);
        assertThat(chosen(selector, known, null, 2)).isSubsetOf(0, 1).contains(1);
        assertThat(chosen(selector, known, ActionSet.of(2, 0), 2)).containsExactly(0);

        Double[] hundred = Collections.nCopies(100, 0.5).toArray(Double[]::new);
        assertThat(chosen(selector, row(99, hundred), null, 10))
                .isSubsetOf(IntStream.range(0, 10).boxed().toList());
    }

    @ParameterizedTest
    @MethodSource("selectors")
    void anAgentOfMoreActionsKeepsToThoseThatThePolicyHas(ActionSelector selector) {
        StatePolicy known = row(1, 0.1, 0.3);
        assertThat(chosen(selector, known, null, 4)).isSubsetOf(0, 1).contains(1);
        assertThat(chosen(selector, known, ActionSet.of(100, 0, 99), 100)).containsExactly(0);
    }

    @ParameterizedTest
    @MethodSource("selectors")
    void anAgentOfMoreActionsTellsOfThoseThatThePolicyHas(ActionSelector selector) {
        StatePolicy known = row(1, 0.1, 0.3, 0.2);
        Decision decision = selector.select(state -> known, "s", ActionSet.of(5, 0, 2, 4), 5, random);
        assertThat(decision.legalActions()).containsExactly(0, 2);
        assertThat(selector.select(state -> known, "s", null, 5, random).legalActions())
                .isNull();
    }

    @Test
    void probabilitiesAreThoseAmongTheActionsThatBothHave() {
        Decision decision =
                ActionSelector.epsilonGreedy(0.5).select(state -> row(2, 0.1, 0.3, 0.5), "s", null, 2, random);
        assertThat(decision.behaviorProbability()).isEqualTo(decision.action() == 1 ? 0.75 : 0.25);
        assertThat(decision.policyVersion()).isEqualTo(9);
    }

    @ParameterizedTest
    @MethodSource("selectors")
    void whoeverMayDoNothingThatThePolicyHasActsAsInAStateThatItDoesNotKnow(ActionSelector selector) {
        StatePolicy known = row(1, 0.1, 0.3);
        assertThat(chosen(selector, known, ActionSet.of(4, 2, 3), 4)).containsExactlyInAnyOrder(2, 3);
        Decision decision = selector.select(state -> known, "s", ActionSet.of(4, 2, 3), 4, random);
        assertThat(decision.behaviorProbability()).isEqualTo(0.5);
        assertThat(decision.policyVersion()).isEqualTo(Decision.NO_VERSION);
    }

    @ParameterizedTest
    @MethodSource("selectors")
    void whoeverMayDoNothingIsTold(ActionSelector selector) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> selector.select(state -> row(1, 0.1, 0.3), "s", new long[1], 4, random))
                .withMessage("at least one action must be legal: got none");
    }
}
