package io.streamq.cli.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.streamq.cli.chart.LineChart.Line;
import io.streamq.cli.chart.LineChart.Point;
import io.streamq.cli.chart.LineChart.Reference;
import io.streamq.cli.chart.LineChart.Scale;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class LineChartTest {
    private static final List<Point> POINTS =
            List.of(new Point(0, 0, 0), new Point(500, 0.5, 0.25), new Point(1_000, 0.75, 0.125));
    private static final Labels LABELS =
            new Labels("<lake> & cliff", "5 seeds, learning rate n^-0.7", "experiences", "expected return");

    private final Document drawing = parsed(LineChart.svg(
            LABELS,
            Scale.LINEAR,
            Scale.LINEAR,
            List.of(new Line("mean of 5 seeds", POINTS)),
            List.of(new Reference("optimal policy", 1))));

    /** Throws unless the text is well-formed XML. */
    private static Document parsed(String svg) {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(svg)));
        } catch (Exception e) {
            throw new AssertionError("no XML: " + svg, e);
        }
    }

    private List<Element> elements(String name, String styleClass) {
        List<Element> found = new ArrayList<>();
        NodeList all = drawing.getElementsByTagName(name);
        for (int i = 0; i < all.getLength(); i++) {
            Element element = (Element) all.item(i);
            if (element.getAttribute("class").equals(styleClass)) {
                found.add(element);
            }
        }
        return found;
    }

    /** Pairs of x and y. */
    private static double[][] corners(Element element) {
        String[] pairs = element.getAttribute("points").split(" ", -1);
        double[][] corners = new double[pairs.length][];
        for (int i = 0; i < pairs.length; i++) {
            String[] xy = pairs[i].split(",", -1);
            corners[i] = new double[] {Double.parseDouble(xy[0]), Double.parseDouble(xy[1])};
        }
        return corners;
    }

    @Test
    void whatIsWrittenIsEscaped() {
        assertThat(drawing.getElementsByTagName("title").item(0).getTextContent())
                .isEqualTo("<lake> & cliff");
    }

    @Test
    void theMeanRunsThroughItsPointsToScale() {
        double[][] mean = corners(elements("polyline", "line c0").get(0));
        assertThat(mean).hasDimensions(3, 2);
        assertThat(mean[1][0]).isCloseTo((mean[0][0] + mean[2][0]) / 2, within(0.1));
        double heightOfOne = (mean[0][1] - mean[2][1]) / 0.75;
        assertThat(mean[0][1] - mean[1][1]).isCloseTo(0.5 * heightOfOne, within(0.2));
        double optimum = Double.parseDouble(elements("line", "reference").get(0).getAttribute("y1"));
        assertThat(mean[0][1] - optimum).isCloseTo(heightOfOne, within(0.2));
    }

    @Test
    void theBandIsAStandardDeviationToEitherSide() {
        double[][] mean = corners(elements("polyline", "line c0").get(0));
        double[][] band = corners(elements("polygon", "band c0").get(0));
        assertThat(band).hasDimensions(6, 2);
        double heightOfOne = (mean[0][1] - mean[2][1]) / 0.75;
        assertThat(mean[1][1] - band[1][1]).isCloseTo(0.25 * heightOfOne, within(0.2));
        assertThat(band[4][1] - mean[1][1]).isCloseTo(0.25 * heightOfOne, within(0.2));
    }

    @Test
    void whatIsKnownExactlyIsLabelled() {
        assertThat(elements("text", "known").get(0).getTextContent()).isEqualTo("optimal policy");
    }

    @Test
    void onALogarithmicScaleEveryPowerOfTenIsEquallyFar() {
        List<Point> powers = List.of(new Point(1, 100, 0), new Point(10, 10, 0), new Point(100, 0, 0));
        double[][] line = corners(firstLine(
                parsed(LineChart.svg(LABELS, Scale.LOG, Scale.LOG, List.of(new Line("falling", powers)), List.of()))));
        assertThat(line[1][0] - line[0][0]).isCloseTo(line[2][0] - line[1][0], within(0.11));
        assertThat(line[1][1]).isGreaterThan(line[0][1]);
        assertThat(line[2][1]).as("zero lies at the bottom").isGreaterThanOrEqualTo(line[1][1]);
    }

    private static Element firstLine(Document document) {
        return (Element) document.getElementsByTagName("polyline").item(0);
    }

    @Test
    void linesWithoutPointsAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LineChart.svg(
                        LABELS, Scale.LINEAR, Scale.LINEAR, List.of(new Line("empty", List.of())), List.of()));
    }
}
