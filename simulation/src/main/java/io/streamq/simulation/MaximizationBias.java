package io.streamq.simulation;

/**
 * Where Q-learning overestimates (Sutton and Barto 2018, section 6.7, figure 6.5). From the start, {@link #RIGHT} ends the
 * episode with reward 0; {@link #LEFT} leads, with reward 0, to a state whose ten actions all end it with a reward of mean -0.1
 * and variance 1. Going left is a mistake, but the greatest of ten noisy estimates stays positive for long. Two actions are legal
 * at the start, ten behind it.
 *
 * <p>The book's rewards are normal. These are sums of {@value #COINS} fair coins with the same mean and variance, so that the
 * model stays finite and exact.
 */
public final class MaximizationBias {
    /** Actions of the start. */
    public static final int RIGHT = 0;

    public static final int LEFT = 1;

    /** States. */
    public static final int START = 0;

    public static final int BEHIND = 1;
    private static final int END = 2;

    private static final int ACTIONS = 10;
    private static final double MEAN_REWARD = -0.1;
    private static final int COINS = 16;

    private MaximizationBias() {}

    /** The world; discount 1, at most two steps an episode. */
    public static World world() {
        Mdp.Builder mdp = Mdp.builder(3, ACTIONS)
                .start(START)
                .transition(START, LEFT, 1, BEHIND, 0, false)
                .transition(START, RIGHT, 1, END, 0, true);
        double standardDeviation = Math.sqrt(COINS) / 2;
        for (int action = 0; action < ACTIONS; action++) {
            double probability = Math.pow(0.5, COINS);
            for (int heads = 0; heads <= COINS; heads++) {
                double reward = MEAN_REWARD + (heads - COINS / 2.0) / standardDeviation;
                mdp.transition(BEHIND, action, probability, END, reward, true);
                probability *= (COINS - heads) / (heads + 1.0);
            }
            mdp.transition(END, action, 1, END, 0, true);
        }
        return new World("maximization-bias", mdp.build(), null, 2, 1);
    }
}
