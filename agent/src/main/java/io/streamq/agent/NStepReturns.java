package io.streamq.agent;

import io.streamq.schemas.Experience;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns each step of an episode into an experience that spans the n steps from there, and passes it on: a reward reaches n steps
 * back at once instead of after n visits. Wrap it around one agent's sink and publish steps as before:
 *
 * <pre>{@code
 * ExperienceSink experiences = new NStepReturns(5, 0.99, publisher).cutAtExploration(policy);
 * }</pre>
 *
 * <p>The experience of step t has the state, action, legal actions, step number and decision basis of t; its reward is the
 * discounted sum of the rewards of steps t to t + n - 1; nextState, nextAction, terminated and truncated are those of the last of
 * them; and {@code discount} is the weight of nextState's value, discount^n. A step that names its own discount counts with that.
 * Where the episode ends sooner, fewer steps are spanned: a terminated return is complete, a truncated one bootstraps from the final
 * observation. A step that does not continue the one before it, by its ids, number or state, begins anew, and what was held back is
 * sent as if the episode had been cut off there. Each step is sent exactly once, at most n - 1 steps later.
 *
 * <p><b>What is exact.</b>
 *
 * <ul>
 *   <li>SARSA learns the values of the policy that acts, and n-step returns are that policy's (Sutton and Barto 2018, section 7.2).
 *       Never cut for it.
 *   <li>For Q-learning, a return with n = 1 or cut at exploration follows, from its second action on, the policy given to {@code
 *       cutAtExploration} and nothing else (Watkins 1989; Sutton and Barto 2018, section 12.10; without lambda). Where that policy
 *       is greedy for the learner's values, its expectation is the one-step Q-learning backup, once for each step spanned, however
 *       agents explore; the fixed point is the same optimum. If the announced policy lags behind, or a margin holds it back, the
 *       return is that older policy's for up to n - 1 steps: too low, never too high, until the announcement arrives.
 *   <li>Uncut, the return counts what exploration earned inside the window and the greedy policy would not have earned. The bias
 *       stays however long one learns, and grows with n and with exploration (Munos et al. 2016; Sutton and Barto 2018, section 7.3,
 *       correct it by importance sampling). Often accepted where agents explore little.
 *   <li>The discount must be the one the policy learns with.
 *   <li>A reward transform is applied to the sum: scaling gives the same result, clipping does not.
 * </ul>
 *
 * <p>It does not always pay. On an empty 8x8 grid n = 4 reaches the optimum with 0.7 of the experiences that n = 1 needs; beside the
 * cliff of CliffWalking n = 2, cut, takes five times as many, as returns follow what was greedy recently, and uncut it does not get
 * there at all (NStepReturnsLearningTest in module simulation prints and asserts all three). Measure on your task.
 *
 * <p>Not thread-safe: give each agent its own. Holds at most n experiences.
 */
public final class NStepReturns implements ExperienceSink {
    private final int steps;
    private final double discount;
    private final ExperienceSink sink;
    /** Says which actions are greedy; {@code null} to cut nowhere. */
    private final @Nullable Policy greedy;

    /** Consecutive steps of one episode whose returns are not passed on yet. */
    private final ArrayDeque<Experience> window = new ArrayDeque<>();

    /**
     * Returns of up to {@code steps} steps, cut nowhere.
     *
     * @param steps n, at least 1
     * @param discount for a step that names none, in [0, 1]; the policy's
     * @param sink where the experiences go
     */
    public NStepReturns(int steps, double discount, ExperienceSink sink) {
        this(steps, discount, sink, null);
    }

    private NStepReturns(int steps, double discount, ExperienceSink sink, @Nullable Policy greedy) {
        if (steps < 1) {
            throw new IllegalArgumentException("a return must span at least 1 step: got " + steps);
        }
        if (!(discount >= 0 && discount <= 1)) {
            throw new IllegalArgumentException("discount must be in [0, 1]: got " + discount);
        }
        this.steps = steps;
        this.discount = discount;
        this.sink = sink;
        this.greedy = greedy;
    }

    /**
     * The same, but each return ends before an action other than {@code policy}'s, or one in a state that it does not know. The policy
     * is asked when the step is published, so its answer may be newer than the decision.
     *
     * @param policy the one being learnt, looked up by state: a {@link PolicyView} of this policy alone
     */
    public NStepReturns cutAtExploration(Policy policy) {
        return new NStepReturns(steps, discount, sink, policy);
    }

    /**
     * Accepts one step, and passes on the returns that it completes.
     *
     * @throws InterruptedException if the sink was interrupted; the step was not accepted and may be published again, and no return
     *     is sent twice
     * @throws DeliveryFailedException if the sink has lost earlier experience; the step was not accepted and may be published again
     * @throws RuntimeException if the sink refuses a return for another reason; that return is given up, as it would be refused again and
     *     hold up all that follow. The step was not accepted and may be published again, unless that return was its own
     */
    @Override
    public void publish(Experience step) throws InterruptedException {
        Experience before = window.peekLast();
        if (before != null && (!continues(before, step) || explores(step))) {
            flush();
        }
        window.addLast(step);
        boolean taken = false;
        try {
            if (step.getTerminated() || step.getTruncated()) {
                flush();
            } else if (window.size() == steps) {
                passOn();
            }
            taken = true;
        } finally {
            if (!taken) {
                // It is gone already if its own return was refused.
                window.pollLast();
            }
        }
    }

    /** Passes on what is held back, as if the episode had been cut off here: for an agent that stops in mid-episode. */
    public void flush() throws InterruptedException {
        while (!window.isEmpty()) {
            passOn();
        }
    }

    /** Passes on the oldest step's return, which spans all steps held. */
    private void passOn() throws InterruptedException {
        try {
            sink.publish(returnOf(window));
        } catch (DeliveryFailedException ofEarlierOnes) {
            // It says nothing against this one.
            throw ofEarlierOnes;
        } catch (RuntimeException refused) {
            window.removeFirst();
            throw refused;
        }
        window.removeFirst();
    }

    private Experience returnOf(Iterable<Experience> span) {
        Iterator<Experience> rest = span.iterator();
        Experience first = rest.next();
        Experience last = first;
        double reward = first.getReward();
        double worth = discountOf(first);
        while (rest.hasNext()) {
            last = rest.next();
            reward += worth * last.getReward();
            worth *= discountOf(last);
        }
        return Experience.newBuilder(first)
                .setReward(reward)
                .setDiscount(worth)
                .setNextState(last.getNextState())
                .setNextAction(last.getNextAction())
                .setTerminated(last.getTerminated())
                .setTruncated(last.getTruncated())
                .build();
    }

    private double discountOf(Experience step) {
        return step.getDiscount() == null ? discount : step.getDiscount();
    }

    private boolean explores(Experience step) {
        if (greedy == null) {
            return false;
        }
        StatePolicy known = greedy.lookup(step.getState());
        return known == null || known.action() != step.getAction();
    }

    private static boolean continues(Experience before, Experience step) {
        return step.getState().equals(before.getNextState())
                && step.getPolicyId().equals(before.getPolicyId())
                && Objects.equals(step.getAgentId(), before.getAgentId())
                && Objects.equals(step.getEpisodeId(), before.getEpisodeId())
                && (step.getStep() == null || before.getStep() == null || step.getStep() == before.getStep() + 1);
    }
}
