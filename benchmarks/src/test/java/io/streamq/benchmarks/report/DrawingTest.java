package io.streamq.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.benchmarks.report.BarDrawing.Bar;
import io.streamq.benchmarks.report.LineDrawing.Labels;
import io.streamq.benchmarks.report.LineDrawing.Point;
import io.streamq.benchmarks.report.LineDrawing.Series;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class DrawingTest {
    @Test
    void aBarIsAsLongAsItsMedianAndItsWhiskerAsItsSpread() throws Exception {
        String svg = BarDrawing.svg(
                "title", "a < b & c", "foot", List.of(new Bar("half", 5, 0, 10)), number -> "%.0f".formatted(number));

        Document drawing = parsed(svg);
        assertThat(drawing.getElementsByTagName("rect")
                        .item(1)
                        .getAttributes()
                        .getNamedItem("width")
                        .getNodeValue())
                .isEqualTo("250.0");
        assertThat(svg).contains("<line class='spread' x1='190.0' y1='106.0' x2='690.0' y2='106.0'/>");
    }

    @Test
    void aPlaceWithoutAMeasurementIsLeftOut() throws Exception {
        Series series = new Series("line", List.of(Point.of(1), Point.of(Double.NaN), Point.of(100)));
        String svg = LineDrawing.svg(
                new Labels("title", "subtitle", "foot", "x", number -> "" + number),
                List.of("a", "b", "c"),
                List.of(series),
                true);

        assertThat(parsed(svg).getElementsByTagName("circle").getLength()).isEqualTo(2);
        assertThat(svg).contains(">b</text>");
    }

    @Test
    void drawingsHaveColoursForDarkAndForLight() {
        String svg = BarDrawing.svg("title", "", "", List.of(new Bar("one", 1, 1, 1)), number -> "" + number);
        assertThat(svg)
                .contains("@media (prefers-color-scheme: dark)", ".card { fill: #ffffff", ".card { fill: #0d1117");
    }

    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    }
}
