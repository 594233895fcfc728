package io.streamq.schemas;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The key of a record on the policy topic: {@code policyId/state} in UTF-8. A policyId contains no slash, so the first slash separates the
 * two whatever the state contains.
 */
public record PolicyKey(String policyId, String state) {
    /** Separates policyId and state; legal in a state, illegal in a policyId. */
    public static final char SEPARATOR = '/';

    /** What a valid policyId is, in words, for error messages. */
    public static final String RULE = "1 to 64 characters of [A-Za-z0-9._-]";

    private static final Pattern POLICY_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** Whether {@code policyId} follows the {@link #RULE}. */
    public static boolean isPolicyId(String policyId) {
        return POLICY_ID.matcher(policyId).matches();
    }

    /** The key as it is on the topic. */
    public byte[] toBytes() {
        return (policyId + SEPARATOR + state).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Parses a record's key.
     *
     * @throws IllegalArgumentException if there is no slash
     */
    public static PolicyKey fromBytes(byte[] key) {
        String text = new String(key, StandardCharsets.UTF_8);
        int slash = text.indexOf(SEPARATOR);
        if (slash < 0) {
            throw new IllegalArgumentException("a key of the policy topic must be policyId/state: got '" + text + "'");
        }
        return new PolicyKey(text.substring(0, slash), text.substring(slash + 1));
    }
}
