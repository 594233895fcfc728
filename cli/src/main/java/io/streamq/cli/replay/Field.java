package io.streamq.cli.replay;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The fields of a logged experience. */
enum Field {
    POLICY_ID,
    AGENT_ID,
    EPISODE_ID,
    STEP,
    STATE,
    ACTION,
    REWARD,
    NEXT_STATE,
    TERMINATED,
    TRUNCATED,
    DISCOUNT,
    LEGAL_ACTIONS,
    NEXT_ACTION,
    BEHAVIOR_PROBABILITY,
    POLICY_VERSION,
    EVENT_TIME;

    static final List<Field> REQUIRED = List.of(STATE, ACTION, REWARD, NEXT_STATE, TERMINATED);

    private static final Set<Field> NAMES = EnumSet.of(AGENT_ID, EPISODE_ID, STATE, NEXT_STATE);

    private static final Map<String, Field> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toMap(field -> bare(field.name()), Function.identity()));

    /**
     * The field of a column, null if there is none: {@code next_state}, {@code nextState} and {@code Next State} are
     * the same.
     */
    static @Nullable Field of(String column) {
        return BY_NAME.get(bare(column));
    }

    /** Whether every character counts, even blanks: two states that differ in one have two rows. */
    boolean isName() {
        return NAMES.contains(this);
    }

    private static String bare(String name) {
        return name.replaceAll("[_\\s]", "").toLowerCase(Locale.ROOT);
    }

    /** The name of the column, as messages call it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
