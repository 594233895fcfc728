package io.streamq.cli.chart;

import java.util.List;

/** The mean and sample standard deviation of some numbers; the latter is 0 for a single one. */
public record Spread(double mean, double sd) {
    public static Spread of(double... numbers) {
        if (numbers.length == 0) {
            throw new IllegalArgumentException("a mean must be of one number at least: got none");
        }
        // Summed relative to the first, so that the mean of equal numbers is exact.
        double sum = 0;
        for (double number : numbers) {
            sum += number - numbers[0];
        }
        double mean = numbers[0] + sum / numbers.length;
        double squares = 0;
        for (double number : numbers) {
            squares += (number - mean) * (number - mean);
        }
        return new Spread(mean, numbers.length == 1 ? 0 : Math.sqrt(squares / (numbers.length - 1)));
    }

    public static Spread of(List<? extends Number> numbers) {
        return of(numbers.stream().mapToDouble(Number::doubleValue).toArray());
    }
}
