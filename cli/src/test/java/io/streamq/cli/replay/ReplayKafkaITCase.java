package io.streamq.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.cli.Invocation;
import io.streamq.cli.StreamqProcess;
import io.streamq.cli.broker.LocalBroker;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Quantities;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Experience;
import io.streamq.schemas.Topics;
import io.streamq.schemas.WireFormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayKafkaITCase {
    private static final String LOG = """
            agent_id,episode_id,step,state,action,reward,next_state,terminated,truncated
            agent-0,0,0,36,1,-100.0,36,false,false
            agent-1,0,0,36,2,-1.0,36,false,false
            agent-0,0,1,47,2,-1.0,,true,false
            """;

    @TempDir
    private Path folder;

    private LocalBroker broker;

    @BeforeEach
    void startBroker() throws IOException {
        broker = LocalBroker.start();
        assertThat(Invocation.of("topics", "create", "-b", broker.bootstrapServers(), "--partitions", "1")
                        .exitCode())
                .isZero();
    }

    @AfterEach
    void stopBroker() {
        broker.close();
    }

    @Test
    void everyLineArrivesKeyedByItsAgentAndInOrder() throws Exception {
        Invocation replay = replay(LOG);
        assertThat(replay.exitCode()).as(replay.err()).isEqualTo(ExitCodes.DONE);
        assertThat(replay.out())
                .matches("Published 3 records of log.csv to streamq.experiences.v1 in .+ s \\(.+/s\\)\n");
        assertThat(replay.err()).isEmpty();

        List<ConsumerRecord<byte[], byte[]>> records = published();
        assertThat(records)
                .extracting(record -> new String(record.key(), StandardCharsets.UTF_8))
                .containsExactly("agent-0", "agent-1", "agent-0");
        Experience last = decoded(records.get(2));
        assertThat(last.getPolicyId()).isEqualTo("default");
        assertThat(last.getState()).isEqualTo("47");
        assertThat(last.getStep()).isEqualTo(1);
        assertThat(last.getNextState()).isNull();
        assertThat(last.getTerminated()).isTrue();
    }

    /** Its updates need no order, and one partition is read by one subtask of the job. */
    @Test
    void aLogThatNamesNoAgentsIsSpreadOverPartitions() throws Exception {
        // With eight partitions.
        Invocation.of("topics", "create", "-b", broker.bootstrapServers(), "--experiences-topic", "wide");
        // The producer draws another partition after each batch, of which there are dozens.
        int lines = 50_000;
        Invocation replay = replay(
                "state,action,reward,next_state,terminated\n" + "36,0,-1,36,false\n".repeat(lines), "--topic", "wide");
        assertThat(replay.exitCode()).as(replay.err()).isEqualTo(ExitCodes.DONE);

        List<Long> filled =
                ends("wide").values().stream().filter(records -> records > 0).toList();
        assertThat(filled).hasSizeGreaterThan(1);
        assertThat(filled.stream().mapToLong(Long::longValue).sum()).isEqualTo(lines);
    }

    private Map<TopicPartition, Long> ends(String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = openConsumer()) {
            return consumer.endOffsets(consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList());
        }
    }

    @Test
    void policyMayBeChosenForAll() throws Exception {
        replay(LOG, "--policy", "cliff");
        assertThat(decoded(published().get(0)).getPolicyId()).isEqualTo("cliff");
    }

    @Test
    void aLogWithABadLineIsNotPublishedInPart() throws Exception {
        Invocation replay =
                replay(LOG + "agent-0,1,0,36,left,-1,36,false,false\n" + "agent-0,1,1,36,0,-1,36,false,false\n");
        assertThat(replay.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(replay.err())
                .contains("line 5: action must be a whole number", "nothing was published", "--on-bad-line skip");
        assertThat(replay.out()).isEmpty();
        assertThat(published()).isEmpty();
    }

    @Test
    void aReplayGoesOnFromTheLineBeforeWhichItWasInterrupted() throws Exception {
        AtomicReference<Invocation> interrupted = new AtomicReference<>();
        Thread command = new Thread(() -> {
            try {
                interrupted.set(replay(LOG, "--rate", "0.5"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        command.start();
        await().until(() -> published().size() == 2);
        command.interrupt();
        command.join();
        assertThat(interrupted.get().exitCode()).isEqualTo(ExitCodes.INTERRUPTED);
        assertThat(interrupted.get().out())
                .contains("Published 2 records", "Interrupted before line 4: continue with --from-line 4");

        Invocation rest = replay(LOG, "--from-line", "4", "--json");
        assertThat(new ObjectMapper().readTree(rest.out()).get("published").asLong())
                .isOne();
        assertThat(published()).hasSize(3);
    }

    @Test
    void aReplayAtFullSpeedTellsWhereItWasInterruptedToo() throws Exception {
        String line = "agent-0,1,0,36,0,-1,36,false,false\n";
        AtomicReference<Invocation> interrupted = new AtomicReference<>();
        Thread command = new Thread(() -> {
            try {
                interrupted.set(replay(LOG + line.repeat(2_000_000)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        command.start();
        await().until(() -> !published().isEmpty());
        command.interrupt();
        command.join();
        int next = 2 + published().size();
        assertThat(interrupted.get().err()).isEmpty();
        assertThat(interrupted.get().exitCode()).isEqualTo(ExitCodes.INTERRUPTED);
        assertThat(interrupted.get().out())
                .as("behind the header and the lines that were published")
                .contains("Interrupted before line " + next + ": continue with --from-line " + next);
    }

    @Test
    void aReplayThatLosesItsBrokerTellsTheLine() throws Exception {
        Path impatient = Files.writeString(folder.resolve("client.properties"), """
                request.timeout.ms=1000
                delivery.timeout.ms=2000
                max.block.ms=2000
                """);
        String line = "agent-0,1,0,36,0,-1,36,false,false\n";
        AtomicReference<Invocation> failed = new AtomicReference<>();
        Thread command = new Thread(() -> {
            try {
                failed.set(replay(
                        LOG + line.repeat(100_000),
                        "--rate",
                        "1000",
                        "--command-config",
                        impatient.toString(),
                        "--json"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        command.start();
        await().until(() -> !published().isEmpty());
        broker.close();
        command.join();
        assertThat(failed.get().exitCode()).isEqualTo(ExitCodes.FAILED);
        JsonNode outcome = new ObjectMapper().readTree(failed.get().out());
        long nextLine = outcome.get("nextLine").asLong();
        long lost = outcome.get("lost").asLong();
        assertThat(lost).isPositive();
        assertThat(outcome.get("published").asLong() + lost)
                .as("lines sent, the header aside")
                .isEqualTo(nextLine - 2);
        assertThat(failed.get().err())
                .contains(
                        "Lines before " + nextLine + " were sent",
                        Quantities.count(lost) + " of them were not confirmed",
                        "--from-line " + nextLine,
                        "limits.duplicateWindow");
    }

    @Test
    void ctrlCTellsWhereToGoOnAlsoWhileTheBrokerIsAway() throws Exception {
        String line = "agent-0,1,0,36,0,-1,36,false,false\n";
        Path log = Files.writeString(folder.resolve("log.csv"), LOG + line.repeat(100_000));
        try (StreamqProcess replay = StreamqProcess.start(
                folder, "replay", log.toString(), "-b", broker.bootstrapServers(), "--rate", "1000")) {
            await().atMost(Duration.ofSeconds(60)).until(() -> !published().isEmpty());
            broker.close();
            await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
            replay.interrupt();
            assertThat(replay.awaitExit(Duration.ofSeconds(10))).isEqualTo(ExitCodes.INTERRUPTED);
            assertThat(replay.out())
                    .containsPattern("Published [0-9,]+ records of log.csv .+, [0-9,]+ not confirmed in ")
                    .containsPattern(
                            "Interrupted before line ([0-9]+)\\. Lines before \\1 were sent, but [0-9,]+ of them were"
                                    + " not confirmed, .+: --from-line \\1 continues without them");
        }
    }

    @Test
    void badLinesAreSkippedOnRequestAndCounted() throws Exception {
        Invocation replay = replay(
                LOG + "agent-0,1,0,36,left,-1,36,false,false\n".repeat(8) + "agent-0,1,1,36,0,-1,36,false,false\n",
                "--on-bad-line",
                "skip",
                "--json");
        assertThat(replay.exitCode()).isEqualTo(ExitCodes.DONE);
        assertThat(replay.err())
                .contains("skipped line 5:", "skipped line 9:", "not shown")
                .doesNotContain("line 10");
        JsonNode outcome = new ObjectMapper().readTree(replay.out());
        assertThat(outcome.get("published").asLong()).isEqualTo(4);
        assertThat(outcome.get("badLines").asLong()).isEqualTo(8);
        assertThat(published()).hasSize(4);
    }

    @Test
    void aLogThatBreaksOffIsPublishedUpToThereAndTellsTheLine() throws Exception {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(whole)) {
            gzip.write((LOG + "agent-0,1,0,36,0,-1,36,false,false\n".repeat(50_000)).getBytes(StandardCharsets.UTF_8));
        }
        Path half = Files.write(folder.resolve("half.csv.gz"), Arrays.copyOf(whole.toByteArray(), whole.size() / 2));
        Invocation replay = Invocation.of(
                "replay", half.toString(), "-b", broker.bootstrapServers(), "--on-bad-line", "skip", "--json");
        assertThat(replay.exitCode()).isEqualTo(ExitCodes.FAILED);
        JsonNode outcome = new ObjectMapper().readTree(replay.out());
        long nextLine = outcome.get("nextLine").asLong();
        assertThat(outcome.get("published").asLong()).as("the header aside").isEqualTo(nextLine - 2);
        assertThat(published()).isNotEmpty().hasSize((int) nextLine - 2);
        assertThat(replay.err())
                .contains(
                        "cannot be read after line " + (nextLine - 1) + ": it ends in the middle",
                        "Lines before " + nextLine + " were sent and confirmed: continue with --from-line " + nextLine);
    }

    @Test
    void aFileThatIsNotThereHasNoOutcome() {
        Invocation replay = Invocation.of(
                "replay",
                folder.resolve("none.csv").toString(),
                "-b",
                broker.bootstrapServers(),
                "--on-bad-line",
                "skip");
        assertThat(replay.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(replay.err()).contains("there is no file").doesNotContain("--from-line");
        assertThat(replay.out()).isEmpty();
    }

    @Test
    void rateIsKept() throws Exception {
        Invocation replay = replay(LOG, "--rate", "10", "--json");
        assertThat(new ObjectMapper().readTree(replay.out()).get("seconds").asDouble())
                .isGreaterThanOrEqualTo(0.19);
    }

    @Test
    void missingTopicIsASentenceThatSaysHowToCreateIt() throws Exception {
        Invocation replay = replay(LOG, "--topic", "none");
        assertThat(replay.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(replay.err())
                .contains("topic 'none' does not exist", "streamq topics create")
                .hasLineCount(1);
    }

    private Invocation replay(String log, String... options) throws IOException {
        List<String> args = new ArrayList<>(List.of(
                "replay",
                Files.writeString(folder.resolve("log.csv"), log).toString(),
                "-b",
                broker.bootstrapServers()));
        args.addAll(List.of(options));
        return Invocation.of(args.toArray(String[]::new));
    }

    private static Experience decoded(ConsumerRecord<byte[], byte[]> record) throws WireFormatException {
        return AvroCodec.experience().decode(record.value());
    }

    private List<ConsumerRecord<byte[], byte[]>> published() {
        TopicPartition partition = new TopicPartition(Topics.EXPERIENCES, 0);
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = openConsumer()) {
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofMillis(100)).forEach(records::add);
            }
        }
        return records;
    }

    private KafkaConsumer<byte[], byte[]> openConsumer() {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}
