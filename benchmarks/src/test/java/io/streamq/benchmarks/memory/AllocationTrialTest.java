package io.streamq.benchmarks.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.benchmarks.memory.AllocationTrial.OfTask;
import io.streamq.benchmarks.memory.AllocationTrial.Place;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllocationTrialTest {
    private static final String RECORD = "org.apache.kafka.clients.producer.ProducerRecord";

    @ParameterizedTest
    @CsvSource({
        "io.streamq.job.learn.Announcer.send,                     [B,                           true",
        "io.streamq.job.learn.Announcer.send,                     org.apache.flink.Tuple2,      true",
        "org.apache.avro.generic.GenericDatumWriter.write,        java.lang.Object,             true",
        "org.HdrHistogram.Histogram.recordValue,                  [J,                           true",
        "org.apache.flink.runtime.io.SpanningWrapper.ensure,      [B,                           false",
        "org.apache.kafka.clients.producer.KafkaProducer.doSend,  java.lang.Object,             false",
        "io.streamq.job.kafka.PolicyChangeToKafka.serialize,      " + RECORD + ",               false"
    })
    void anObjectIsWhoseCodeOutsideTheJdkMadeIt(String method, String made, boolean own) {
        List<String> stack = List.of("java.util.Arrays.copyOf", "jdk.internal.Any.any", method, "io.streamq.Outer.any");

        assertThat(Place.of(stack, made).own()).isEqualTo(own);
    }

    @Test
    void aPlaceIsATypeAndAMethod() {
        assertThat(Place.of(
                        List.of("java.lang.Long.valueOf", "io.streamq.job.learn.Pages$Any.number"), "java.lang.Long"))
                .hasToString("Pages$Any.number");
        assertThat(Place.of(List.of("org.apache.flink.api.Any.any"), "[B")).hasToString("not ours: Any.any");
        assertThat(Place.of(List.of(), "[B")).hasToString("unknown");
    }

    @Test
    void whatIsNotFlinksNorKafkasIsOwn() {
        OfTask task = OfTask.of("learn", 100, Map.of(new Place("theirs", false), 3L, new Place("ours", true), 1L));

        assertThat(task.ownBytesPerExperience()).isEqualTo(25);
        assertThat(task.byPlace()).containsEntry("ours", 25.0).containsEntry("not ours: theirs", 75.0);
    }

    @Test
    void whatNoSampleTellsAnythingOfIsOwn() {
        assertThat(OfTask.of("learn", 100, Map.of()).ownBytesPerExperience()).isEqualTo(100);
    }
}
