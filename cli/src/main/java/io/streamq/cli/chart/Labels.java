package io.streamq.cli.chart;

/** What stands beside the numbers of a picture. In a subtitle {@code n^-0.7} is printed as in books. */
public record Labels(String title, String subtitle, String xAxis, String yAxis) {}
