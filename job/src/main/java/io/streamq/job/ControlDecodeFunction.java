package io.streamq.job;

import io.streamq.job.record.PolicyControl;
import io.streamq.job.record.Rejection;
import io.streamq.job.record.SourceRecord;
import io.streamq.job.rejection.DeadLetters;
import io.streamq.schemas.PolicyKey;
import java.nio.charset.StandardCharsets;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/** Reads whose configuration a record of the control topic is. Whether it is valid depends on the previous one, which LEARN knows. */
final class ControlDecodeFunction extends ProcessFunction<SourceRecord, PolicyControl> {
    private transient DeadLetters deadLetters;

    @Override
    public void open(OpenContext context) {
        deadLetters = new DeadLetters(getRuntimeContext().getMetricGroup());
    }

    @Override
    public void processElement(SourceRecord source, Context context, Collector<PolicyControl> out) {
        byte[] key = source.key();
        String policyId = key == null ? "" : new String(key, StandardCharsets.UTF_8);
        if (!PolicyKey.isPolicyId(policyId)) {
            context.output(
                    DeadLetters.TAG,
                    deadLetters.letter(
                            source,
                            Rejection.POLICY_CONFIG_INVALID,
                            "the key must be a policyId, " + PolicyKey.RULE + ": got "
                                    + (key == null ? "none" : key.length + " bytes, '" + policyId + "'")));
            return;
        }
        out.collect(new PolicyControl(
                policyId, source.value(), source.partition(), source.offset(), source.timestampMillis()));
    }
}
