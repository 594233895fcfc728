package io.streamq.benchmarks.micro;

import io.streamq.benchmarks.workload.Workload;
import io.streamq.job.decode.ExperienceDecoder;
import io.streamq.job.record.SourceRecords;
import io.streamq.job.record.TransitionBatch;
import io.streamq.job.rejection.RejectedException;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Experience;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** From the bytes of a record to a valid transition in a batch. */
@State(Scope.Thread)
public class DecodeBenchmark {
    private static final int RECORDS = 1 << 12;
    private static final int STATES = 100_000;
    private static final int ACTIONS = 6;
    private static final int KEPT_BYTES = 1 << 12;

    @Param({"8", "64"})
    public int stateBytes;

    private final SourceRecords records = new SourceRecords();
    private final ExperienceDecoder decoder = new ExperienceDecoder();
    private final TransitionBatch batch = new TransitionBatch();

    @Setup
    public void encode() {
        AvroCodec<Experience> codec = AvroCodec.experience();
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < RECORDS; i++) {
            Experience experience = Experience.newBuilder()
                    .setState(Workload.name(random.nextInt(STATES), stateBytes))
                    .setAction(random.nextInt(ACTIONS))
                    .setReward(random.nextDouble())
                    .setNextState(Workload.name(random.nextInt(STATES), stateBytes))
                    .setTerminated(false)
                    .build();
            records.add(0, i, 0, null, codec.encode(experience));
        }
    }

    @Benchmark
    public int decode() throws RejectedException {
        batch.clear(KEPT_BYTES);
        if (!records.next()) {
            records.rewind();
            records.next();
        }
        decoder.decode(records);
        decoder.addTo(batch);
        return batch.length();
    }
}
