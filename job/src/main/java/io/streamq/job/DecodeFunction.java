package io.streamq.job;

import io.streamq.job.decode.ExperienceDecoder;
import io.streamq.job.record.SourceRecord;
import io.streamq.job.record.Transition;
import io.streamq.job.rejection.DeadLetters;
import io.streamq.job.rejection.RejectedException;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Decodes and validates; what cannot be learnt from leaves by the side, and the job goes on. */
final class DecodeFunction extends ProcessFunction<SourceRecord, Transition> {
    private transient ExperienceDecoder decoder;
    private transient DeadLetters deadLetters;

    @Override
    public void open(OpenContext context) {
        decoder = new ExperienceDecoder();
        deadLetters = new DeadLetters(getRuntimeContext().getMetricGroup());
    }

    @Override
    public void processElement(SourceRecord source, Context context, Collector<Transition> out) {
        Transition transition;
        try {
            transition = decoder.decode(source);
        } catch (RejectedException rejected) {
            context.output(DeadLetters.TAG, deadLetters.letter(source, rejected));
            return;
        }
        out.collect(transition);
    }
}
