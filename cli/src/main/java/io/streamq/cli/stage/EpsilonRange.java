package io.streamq.cli.stage;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * How much each of several agents explores: from {@code lowest} to {@code highest}, in equal ratios, so that some follow the policy
 * and others try what it never would (Horgan et al. 2018, section 4.1). Equal ends make all agents alike.
 *
 * @param lowest the first agent's probability of acting at random, above 0 unless all are alike
 * @param highest the last agent's, at most 1
 */
public record EpsilonRange(double lowest, double highest) {
    private static final Pattern RANGE = Pattern.compile("(.+?)\\.\\.(.+)");

    public EpsilonRange {
        boolean ordered = 0 <= lowest && lowest <= highest && highest <= 1;
        if (!ordered || (lowest == 0 && highest > 0)) {
            throw new IllegalArgumentException(
                    "an epsilon must be in [0, 1], and a range must rise from above 0: got " + lowest + ".." + highest);
        }
    }

    /** All agents alike. */
    public static EpsilonRange of(double epsilon) {
        return new EpsilonRange(epsilon, epsilon);
    }

    /**
     * The epsilon of one agent.
     *
     * @param index in [0, agents)
     */
    public double of(int index, int agents) {
        if (lowest == highest) {
            return lowest;
        }
        double position = agents == 1 ? 0.5 : (double) index / (agents - 1);
        return Math.min(highest, lowest * Math.pow(highest / lowest, position));
    }

    /** As users write it: {@code 0.3} or {@code 0.05..1.0}. */
    @Override
    public String toString() {
        return lowest == highest ? "" + lowest : lowest + ".." + highest;
    }

    /** Parses what users write. */
    static final class Converter implements ITypeConverter<EpsilonRange> {
        @Override
        public EpsilonRange convert(String text) {
            Matcher range = RANGE.matcher(text);
            try {
                return range.matches()
                        ? new EpsilonRange(Double.parseDouble(range.group(1)), Double.parseDouble(range.group(2)))
                        : of(Double.parseDouble(text));
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(
                        "must be in [0, 1] such as 0.3, or a rising range from above 0 such as 0.05..1: got '" + text
                                + "'");
            }
        }
    }
}
