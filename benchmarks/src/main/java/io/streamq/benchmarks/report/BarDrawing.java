package io.streamq.benchmarks.report;

import java.util.List;
import java.util.function.DoubleFunction;

/** Draws medians as bars, each with a whisker from the least to the greatest measurement. */
public final class BarDrawing {
    private static final int TOP = 84;
    private static final int ROW = 44;
    private static final int BAR = 22;
    private static final int LEFT = 190;
    private static final int RIGHT = Card.WIDTH - 130;
    private static final int TICKS = 5;

    private BarDrawing() {}

    /** The bar of one contestant. */
    public record Bar(String name, double median, double least, double most) {}

    /**
     * The whole file.
     *
     * @param label formats a number
     */
    public static String svg(String title, String subtitle, String foot, List<Bar> bars, DoubleFunction<String> label) {
        Card card = new Card(TOP + ROW * bars.size() + 72, title, subtitle, foot);
        double most = bars.stream().mapToDouble(Bar::most).max().orElse(1);
        Scale x = Scale.linear(most, TICKS);
        int bottom = TOP + ROW * bars.size();
        for (double tick : x.ticks()) {
            double at = LEFT + (RIGHT - LEFT) * x.fraction(tick);
            card.segment("grid", at, TOP, at, bottom);
            card.text("", at, bottom + 20, "middle", label.apply(tick));
        }
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            double y = TOP + ROW * i + (ROW - BAR) / 2.0;
            double end = LEFT + (RIGHT - LEFT) * x.fraction(bar.median());
            card.text("name", LEFT - 12, y + BAR / 2.0 + 4.5, "end", bar.name());
            card.line(
                    "<rect class='c%d' x='%d' y='%.1f' width='%.1f' height='%d' rx='2'/>",
                    i % Card.COLOURS, LEFT, y, end - LEFT, BAR);
            double from = LEFT + (RIGHT - LEFT) * x.fraction(bar.least());
            double to = LEFT + (RIGHT - LEFT) * x.fraction(bar.most());
            double middle = y + BAR / 2.0;
            card.segment("spread", from, middle, to, middle);
            card.segment("spread", from, middle - 4, from, middle + 4);
            card.segment("spread", to, middle - 4, to, middle + 4);
            card.text("name", Math.max(to, end) + 10, middle + 4.5, "start", label.apply(bar.median()));
        }
        card.segment("axis", LEFT, TOP, LEFT, bottom);
        return card.done();
    }
}
