package io.streamq.cli.job;

import io.streamq.job.metrics.StreamQMetrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MetricOptions;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;
import org.apache.flink.runtime.metrics.scope.ScopeFormat;

/**
 * Reads the counters of a job in this JVM through a metrics reporter. Counts of ended tasks are kept until the job restarts.
 */
public final class JobMetrics {
    private static final String REPORTER = "streamq";
    private static final String SETTING = "metrics.reporter." + REPORTER + ".";
    private static final String READER_ID = "reader-id";
    /** Flink creates the reporter, which finds its reader here. */
    private static final Map<String, JobMetrics> READERS = new ConcurrentHashMap<>();

    /** Marks counters of one policy, which the overall counters include. */
    private static final String POLICY_VARIABLE = ScopeFormat.asVariable(StreamQMetrics.POLICY);

    private final String id = UUID.randomUUID().toString();
    /** Of the tasks of the present attempt, by their identity. */
    private final Map<Counter, List<String>> counters = new ConcurrentHashMap<>();

    /** The latest attempt with a task, 0 for the first; Flink increments it with each restart. */
    private volatile int attempt;

    private JobMetrics() {}

    /** A reader of the job that will be started with {@code flink}. */
    public static JobMetrics of(Configuration flink) {
        JobMetrics metrics = new JobMetrics();
        READERS.put(metrics.id, metrics);
        flink.setString(SETTING + "factory.class", Factory.class.getName());
        flink.setString(SETTING + READER_ID, metrics.id);
        // Where somebody named reporters, Flink starts no others.
        flink.getOptional(MetricOptions.REPORTERS_LIST)
                .filter(named -> !named.isBlank())
                .ifPresent(named -> flink.set(MetricOptions.REPORTERS_LIST, named + "," + REPORTER));
        return metrics;
    }

    /** Experiences that changed the Q-table in the present attempt. */
    public long experiencesApplied() {
        return sum(StreamQMetrics.EXPERIENCES_APPLIED);
    }

    /** Records sent to the policy topic in the present attempt. */
    public long policyUpdatesSent() {
        return sum(StreamQMetrics.POLICY_UPDATES_SENT);
    }

    /** Records set aside in the present attempt, for whatever reason. */
    public long deadLetters() {
        return sum(StreamQMetrics.DEAD_LETTERS);
    }

    /** Experiences processed in the present attempt: applied, set aside, or skipped as duplicates or frozen. */
    public long experiencesProcessed() {
        return experiencesApplied()
                + deadLetters()
                + sum(StreamQMetrics.EXPERIENCES_SUPPRESSED)
                + sum(StreamQMetrics.EXPERIENCES_FROZEN);
    }

    /** Whether a task runs in an attempt after the first, so that earlier counts are lost. */
    public boolean hasRestarted() {
        return attempt > 0;
    }

    private synchronized void add(Counter counter, List<String> scope, int attemptOfTask) {
        if (attemptOfTask > attempt) {
            counters.clear();
            attempt = attemptOfTask;
        }
        if (attemptOfTask == attempt) {
            counters.put(counter, scope);
        }
    }

    private long sum(String name) {
        return counters.entrySet().stream()
                .filter(counter -> counter.getValue().contains(name))
                .mapToLong(counter -> counter.getKey().getCount())
                .sum();
    }

    /** Forgets the job. */
    public void close() {
        READERS.remove(id);
    }

    /** Found by Flink through the service file. */
    public static final class Factory implements MetricReporterFactory {
        @Override
        public MetricReporter createMetricReporter(Properties properties) {
            return new Reporter();
        }
    }

    private static final class Reporter implements MetricReporter {
        /** A dummy if the reader is gone. */
        private JobMetrics reader = new JobMetrics();

        @Override
        public void open(MetricConfig config) {
            JobMetrics waiting = READERS.get(config.getString(READER_ID, ""));
            if (waiting != null) {
                reader = waiting;
            }
        }

        @Override
        public void close() {}

        @Override
        public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
            List<String> scope = new ArrayList<>(List.of(group.getScopeComponents()));
            scope.add(name);
            Map<String, String> variables = group.getAllVariables();
            boolean isOfOnePolicy = variables.containsKey(POLICY_VARIABLE);
            if (metric instanceof Counter counter && scope.contains(StreamQMetrics.GROUP) && !isOfOnePolicy) {
                reader.add(counter, scope, Integer.parseInt(variables.get(ScopeFormat.SCOPE_TASK_ATTEMPT_NUM)));
            }
        }

        /**
         * Does nothing, as Flink removes a task's metrics when it ends, but the counts of a finished job are still
         * asked for.
         */
        @Override
        public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {}
    }
}
