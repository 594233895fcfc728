package io.streamq.cli.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.cli.chart.DotChart.Dot;
import io.streamq.cli.chart.DotChart.Row;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class DotChartTest {
    private static final Labels LABELS = new Labels("Messages", "by setting", "per million", "");

    @Test
    void dotsLieOnTheirRowAndAtTheirValue() throws Exception {
        String svg = DotChart.svg(
                LABELS,
                List.of("α = 0.1", "n^-0.7"),
                List.of(
                        new Row("<all>", List.of(new Dot(0, 1_000, 10), new Dot(1, 100, 1))),
                        new Row("margin", List.of(new Dot(0, 10, 0)))));
        Document drawing =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(svg)));

        NodeList circles = drawing.getElementsByTagName("circle");
        assertThat(circles.getLength()).as("two of the legend, three dots").isEqualTo(5);
        assertThat(number(circles, 2, "cx")).isGreaterThan(number(circles, 3, "cx"));
        assertThat(number(circles, 3, "cx")).isGreaterThan(number(circles, 4, "cx"));
        assertThat(number(circles, 2, "cy")).isEqualTo(number(circles, 3, "cy")).isLessThan(number(circles, 4, "cy"));
    }

    private static double number(NodeList circles, int index, String attribute) {
        return Double.parseDouble(((Element) circles.item(index)).getAttribute(attribute));
    }
}
