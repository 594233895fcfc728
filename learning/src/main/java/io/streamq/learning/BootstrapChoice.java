package io.streamq.learning;

/** Which of its successor's bootstrap values an experience needs. */
public enum BootstrapChoice {
    /** There is only one. */
    ONLY,
    /** The one whose index is the experience's coin, 0 or 1. */
    BY_COIN,
    /** The one whose index is the action taken in the successor. */
    BY_NEXT_ACTION;

    /**
     * The index of the value.
     *
     * @param coin 0 or 1
     * @param nextAction the action taken in the successor, or {@link GreedyChoice#NONE}
     */
    public int index(int coin, int nextAction) {
        return switch (this) {
            case ONLY -> 0;
            case BY_COIN -> coin;
            case BY_NEXT_ACTION -> nextAction;
        };
    }
}
