package io.streamq.cli.replay;

import io.streamq.job.policy.PolicyRules;
import io.streamq.job.policy.RowLimits;
import io.streamq.schemas.Experience;
import io.streamq.schemas.PolicyKey;
import io.streamq.schemas.Surrogates;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The texts of one line's fields, and the experience they make. Reused from line to line. */
final class Fields {
    /** UTF-8 bytes of a Java {@code char}: a character of four bytes is two of them. */
    private static final int MOST_BYTES_OF_A_CHARACTER = 3;

    private final Map<Field, String> texts = new EnumMap<>(Field.class);

    void clear() {
        texts.clear();
    }

    /** Empty text counts as none. */
    void set(Field field, @Nullable String text) {
        String kept = text == null || field.isName() ? text : text.strip();
        if (kept != null && !kept.isEmpty()) {
            texts.put(field, kept);
        }
    }

    /**
     * The experience, with the job's policy-independent checks: what would become a dead letter is already bad here.
     *
     * @throws BadLineException naming the first field that is wrong
     */
    Experience toExperience() throws BadLineException {
        Experience.Builder experience = Experience.newBuilder()
                .setAgentId(name(Field.AGENT_ID))
                .setEpisodeId(name(Field.EPISODE_ID))
                .setStep(count(Field.STEP))
                .setState(state(Field.STATE, required(Field.STATE)))
                .setAction(action(Field.ACTION, required(Field.ACTION)))
                .setReward(number(Field.REWARD, required(Field.REWARD)))
                .setNextState(optionalState(Field.NEXT_STATE))
                .setTerminated(truth(Field.TERMINATED, required(Field.TERMINATED)))
                .setTruncated(text(Field.TRUNCATED) != null && truth(Field.TRUNCATED, required(Field.TRUNCATED)))
                .setDiscount(fraction(Field.DISCOUNT))
                .setLegalActions(actions(Field.LEGAL_ACTIONS))
                .setNextAction(optionalAction(Field.NEXT_ACTION))
                .setBehaviorProbability(fraction(Field.BEHAVIOR_PROBABILITY))
                .setPolicyVersion(count(Field.POLICY_VERSION))
                .setEventTime(time(Field.EVENT_TIME));
        String policyId = text(Field.POLICY_ID);
        if (policyId != null) {
            if (!PolicyKey.isPolicyId(policyId)) {
                throw expected(Field.POLICY_ID, "have 1 to 64 characters of [A-Za-z0-9._-]", policyId);
            }
            experience.setPolicyId(policyId);
        }
        if (text(Field.NEXT_STATE) == null && !experience.getTerminated()) {
            throw new BadLineException("next_state must be given unless terminated is true: got none");
        }
        List<Integer> legal = experience.getLegalActions();
        if (legal != null && !legal.contains(experience.getAction())) {
            throw new BadLineException(
                    "action must be one of legal_actions: got " + experience.getAction() + " and " + legal);
        }
        return experience.build();
    }

    private @Nullable String text(Field field) {
        return texts.get(field);
    }

    private String required(Field field) throws BadLineException {
        String text = text(field);
        if (text == null) {
            throw new BadLineException(field + " must be given: got none");
        }
        return text;
    }

    private @Nullable Long count(Field field) throws BadLineException {
        String text = text(field);
        if (text == null) {
            return null;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw expected(field, "be a whole number, at least 0", text);
    }

    /** An escape of JSON may be half a character. */
    private static String whole(Field field, String text) throws BadLineException {
        String violation = Surrogates.violation(text);
        if (violation != null) {
            throw new BadLineException(field + " " + violation);
        }
        return text;
    }

    private @Nullable String name(Field field) throws BadLineException {
        String text = text(field);
        return text == null ? null : whole(field, text);
    }

    private static String state(Field field, String text) throws BadLineException {
        int bytes = text.length() <= RowLimits.MAX_STATE_BYTES / MOST_BYTES_OF_A_CHARACTER
                ? 0
                : text.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > RowLimits.MAX_STATE_BYTES) {
            throw new BadLineException(
                    field + " must have at most " + RowLimits.MAX_STATE_BYTES + " bytes of UTF-8: got " + bytes);
        }
        return whole(field, text);
    }

    private @Nullable String optionalState(Field field) throws BadLineException {
        String text = text(field);
        return text == null ? null : state(field, text);
    }

    private static int action(Field field, String text) throws BadLineException {
        try {
            int action = Integer.parseInt(text);
            if (action >= 0 && action < PolicyRules.MAX_ACTIONS) {
                return action;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw expected(field, "be a whole number in [0, " + PolicyRules.MAX_ACTIONS + ")", text);
    }

    private @Nullable Integer optionalAction(Field field) throws BadLineException {
        String text = text(field);
        return text == null ? null : Integer.valueOf(action(field, text));
    }

    /** {@code 0;2;3} or {@code [0,2,3]}. */
    private @Nullable List<Integer> actions(Field field) throws BadLineException {
        String text = text(field);
        if (text == null) {
            return null;
        }
        boolean isArray = text.startsWith("[") && text.endsWith("]");
        String list = isArray ? text.substring(1, text.length() - 1) : text;
        List<Integer> actions = new ArrayList<>();
        for (String action : list.split(isArray ? "," : ";", -1)) {
            try {
                actions.add(action(field, action.strip()));
            } catch (BadLineException e) {
                throw expected(
                        field,
                        "be actions such as 0;2;3 or [0,2,3], each in [0, " + PolicyRules.MAX_ACTIONS + ")",
                        text);
            }
        }
        return actions;
    }

    private static double number(Field field, String text) throws BadLineException {
        try {
            double number = Double.parseDouble(text);
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw expected(field, "be a finite number", text);
    }

    private @Nullable Double fraction(Field field) throws BadLineException {
        String text = text(field);
        if (text == null) {
            return null;
        }
        double number = number(field, text);
        if (number < 0 || number > 1) {
            throw expected(field, "lie in [0, 1]", text);
        }
        return number;
    }

    private static boolean truth(Field field, String text) throws BadLineException {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw expected(field, "be true, false, 1 or 0", text);
        };
    }

    private @Nullable Instant time(Field field) throws BadLineException {
        String text = text(field);
        if (text == null) {
            return null;
        }
        try {
            return Instant.ofEpochMilli(
                    text.matches("-?\\d+")
                            ? Long.parseLong(text)
                            // In milliseconds, which hold no year beyond some 292 million.
                            : OffsetDateTime.parse(text).toInstant().toEpochMilli());
        } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
            throw expected(field, "be milliseconds since 1970 or a time such as 2026-01-31T12:00:00Z", text);
        }
    }

    private static BadLineException expected(Field field, String what, String found) {
        return new BadLineException(field + " must " + what + ": got '" + found + "'");
    }
}
