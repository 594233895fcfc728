package io.streamq.cli.cluster;

import java.util.List;

/**
 * The job submitted last.
 *
 * @param arguments as they were given, without those that StreamQ adds
 */
record SubmittedJob(String id, int parallelism, List<String> arguments) {}
