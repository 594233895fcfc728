package io.streamq.job.record;

/** A record that was not learnt from, and why. */
public record DeadLetter(SourceRecord source, Rejection rejection, String message) {}
