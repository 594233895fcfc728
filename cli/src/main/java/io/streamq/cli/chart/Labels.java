package io.streamq.cli.chart;

/** The texts of a picture. In a subtitle, {@code n^-0.7} is typeset with a raised exponent. */
public record Labels(String title, String subtitle, String xAxis, String yAxis) {}
