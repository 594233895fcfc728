package io.streamq.job.rejection;

import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.record.DeadLetter;
import io.streamq.job.record.RecordType;
import io.streamq.job.record.Rejection;
import io.streamq.job.record.SourceRecord;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.OutputTag;

/** Where rejected records leave an operator, counted by reason. */
public final class DeadLetters {
    /** The side output of both operators that reject. */
    public static final OutputTag<DeadLetter> TAG = new OutputTag<>("dead-letters", RecordType.DEAD_LETTER);

    private final Map<Rejection, Counter> counters = new EnumMap<>(Rejection.class);

    /** Registers a counter for each reason. */
    public DeadLetters(MetricGroup group) {
        MetricGroup deadLetters = group.addGroup(StreamQMetrics.GROUP).addGroup(StreamQMetrics.DEAD_LETTERS);
        for (Rejection rejection : Rejection.values()) {
            counters.put(
                    rejection,
                    deadLetters
                            .addGroup(StreamQMetrics.DEAD_LETTER_REASON, rejection.name())
                            .counter(StreamQMetrics.DEAD_LETTER_COUNT));
        }
    }

    /** Counts a rejection and makes the letter of it. */
    public DeadLetter letter(SourceRecord source, RejectedException rejected) {
        return letter(source, rejected.rejection(), rejected.getMessage());
    }

    /** Counts a rejection and makes the letter of it. */
    public DeadLetter letter(SourceRecord source, Rejection rejection, String message) {
        counters.get(rejection).inc();
        return new DeadLetter(source, rejection, message);
    }
}
