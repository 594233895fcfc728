package io.streamq.benchmarks.latency;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.benchmarks.latency.LatencyTrial.Candidate;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CandidatesTest {
    @Test
    void whoIsFirstInARoundIsSecondInTheNext() {
        Candidates candidates = new Candidates("127.0.0.1:9", 2, Map.of());
        assertThat(candidates.inTurn(1)).extracting(Candidate::name).containsExactly("echo", "StreamQ");
        assertThat(candidates.inTurn(2)).extracting(Candidate::name).containsExactly("StreamQ", "echo");
    }
}
