/** Pictures of numbers as SVG, each on a card of its own, legible on light and on dark pages. */
@NullMarked
package io.streamq.cli.chart;

import org.jspecify.annotations.NullMarked;
