package io.streamq.cli.terminal;

import java.math.BigDecimal;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Natural sort order: 2 before 10, room-2 before room-10. Numbers come first, by value; in other text runs of digits compare as
 * numbers, the rest by character. Equal only for equal strings.
 */
public final class NaturalOrder implements Comparator<String> {
    public static final NaturalOrder INSTANCE = new NaturalOrder();

    private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");
    private static final Pattern DIGITS_OR_OTHERS = Pattern.compile("\\d+|\\D+");

    private NaturalOrder() {}

    @Override
    public int compare(String left, String right) {
        boolean leftIsNumber = NUMBER.matcher(left).matches();
        boolean rightIsNumber = NUMBER.matcher(right).matches();
        if (leftIsNumber != rightIsNumber) {
            return leftIsNumber ? -1 : 1;
        }
        int order = leftIsNumber ? new BigDecimal(left).compareTo(new BigDecimal(right)) : compareByPieces(left, right);
        return order != 0 ? order : left.compareTo(right);
    }

    private static int compareByPieces(String left, String right) {
        Matcher leftPieces = DIGITS_OR_OTHERS.matcher(left);
        Matcher rightPieces = DIGITS_OR_OTHERS.matcher(right);
        while (true) {
            boolean leftGoesOn = leftPieces.find();
            boolean rightGoesOn = rightPieces.find();
            if (!leftGoesOn || !rightGoesOn) {
                return Boolean.compare(leftGoesOn, rightGoesOn);
            }
            int order = comparePieces(leftPieces.group(), rightPieces.group());
            if (order != 0) {
                return order;
            }
        }
    }

    private static int comparePieces(String left, String right) {
        boolean bothDigits = isDigit(left.charAt(0)) && isDigit(right.charAt(0));
        return bothDigits ? new BigDecimal(left).compareTo(new BigDecimal(right)) : left.compareTo(right);
    }

    private static boolean isDigit(char character) {
        return character >= '0' && character <= '9';
    }
}
