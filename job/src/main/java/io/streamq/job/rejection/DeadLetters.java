package io.streamq.job.rejection;

import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.record.DeadLetter;
import io.streamq.job.record.RecordType;
import io.streamq.job.record.Rejection;
import io.streamq.job.record.SourceRecord;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.OutputTag;

/** Where rejected records leave an operator, counted by reason. */
public final class DeadLetters {
    /** The side output of all operators that reject. */
    public static final OutputTag<DeadLetter> TAG = new OutputTag<>("dead-letters", RecordType.DEAD_LETTER);

    /** A message of at most this many UTF-8 bytes fits into its header, whatever input it quotes. */
    static final int MOST_MESSAGE_BYTES = 3_000;

    private static final String CUT = "...";

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

    /** Counts a rejection and creates its letter. */
    public DeadLetter letter(SourceRecord source, RejectedException rejected) {
        return letter(source, rejected.rejection(), rejected.getMessage());
    }

    /** Counts a rejection and creates its letter. */
    public DeadLetter letter(SourceRecord source, Rejection rejection, String message) {
        counters.get(rejection).inc();
        return new DeadLetter(source, rejection, atMost(message));
    }

    private static String atMost(String message) {
        byte[] utf8 = message.getBytes(StandardCharsets.UTF_8);
        if (utf8.length <= MOST_MESSAGE_BYTES) {
            return message;
        }
        int end = MOST_MESSAGE_BYTES - CUT.length();
        while ((utf8[end] & 0xC0) == 0x80) {
            end--; // not inside a character
        }
        return new String(utf8, 0, end, StandardCharsets.UTF_8) + CUT;
    }
}
