package io.streamq.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.cli.Invocation;
import io.streamq.cli.program.ExitCodes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log in the place of agents. */
class DemoReplayKafkaITCase {
    @TempDir
    private Path folder;

    private Path log;

    @BeforeEach
    void writeALogOfThreeExperiencesAndTwoBadLines() throws IOException {
        log = Files.writeString(folder.resolve("log.csv"), """
                state,action,reward,next_state,terminated
                kitchen,0,0,hall,false
                hall,left,0,kitchen,false
                hall,1,1,,true
                kitchen,0,0,hall,false
                hall,1
                """);
    }

    @Test
    void aLogIsLearntWithoutItsEnvironment() {
        Invocation demo = Invocation.of("demo", "--replay", "../examples/frozen-lake-4x4.csv.gz");
        assertThat(demo.exitCode()).as(demo.err()).isEqualTo(ExitCodes.DONE);
        assertThat(demo.out()).contains("recorded in frozen-lake-4x4", "Optimal after 400,000 experiences");
    }

    @Test
    void linesLeftOutAreToldBeforeAndAfter() {
        Invocation demo = Invocation.of("demo", "--replay", log.toString());
        assertThat(demo.exitCode()).as(demo.err()).isEqualTo(ExitCodes.DONE);
        assertThat(demo.err()).contains("left out 2 lines of log.csv without an experience", "line 3: action must be");
        assertThat(demo.outLines())
                .last()
                .asString()
                .startsWith("Learnt a policy of 2 states after 3 experiences (without 2 bad lines) in")
                .contains("No known world fits the log");
    }

    @Test
    void experiencesThatTheJobRefusesAreToldAfterwards() throws IOException {
        String tooLongForADefaultPolicy = "a".repeat(2_000);
        Files.writeString(log, tooLongForADefaultPolicy + ",0,0,hall,false\n", StandardOpenOption.APPEND);
        assertThat(Invocation.of("demo", "--replay", log.toString()).outLines())
                .last()
                .asString()
                .contains("after 3 experiences (without 2 bad lines and 1 dead letter) in");
    }

    @Test
    void aLogThatWasNotLearntToItsEndIsNotCalledTooShort() {
        Invocation demo =
                Invocation.of("demo", "--replay", "../examples/frozen-lake-4x4.csv.gz", "--experiences", "500");
        assertThat(demo.exitCode()).as(demo.err()).isEqualTo(ExitCodes.FAILED);
        assertThat(demo.outLines())
                .last()
                .asString()
                .startsWith("Not optimal after 500 experiences in")
                .endsWith("Try more --experiences.");
    }

    @Test
    void aProgramReadsHowManyLinesWereLeftOut() throws IOException {
        JsonNode outcome = new ObjectMapper()
                .readTree(Invocation.of("demo", "--replay", log.toString(), "--json")
                        .out());
        assertThat(outcome.get("experiences").asLong()).isEqualTo(3);
        assertThat(outcome.get("badLines").asLong()).isEqualTo(2);
        assertThat(outcome.get("deadLetters").asLong()).isZero();
    }
}
