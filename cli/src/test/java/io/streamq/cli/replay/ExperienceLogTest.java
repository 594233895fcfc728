package io.streamq.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamq.cli.program.CommandFailure;
import io.streamq.schemas.Experience;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExperienceLogTest {
    private static final String HEADER = "state,action,reward,next_state,terminated\n";

    @TempDir
    private Path folder;

    private final List<String> warnings = new ArrayList<>();

    @Test
    void everyColumnOfCsvIsRead() throws IOException {
        Experience experience = onlyExperience(
                "log.csv",
                "policy_id,agent_id,episode_id,step,state,action,reward,next_state,terminated,truncated,discount,legal_actions,"
                        + "next_action,behavior_probability,policy_version,event_time\n"
                        + "lake,agent-1,e7,3,12,2,-0.5,13,false,1,0.9,0;2;3,1,0.25,42,2026-01-31T12:00:00Z\n");
        assertThat(experience)
                .isEqualTo(Experience.newBuilder()
                        .setPolicyId("lake")
                        .setAgentId("agent-1")
                        .setEpisodeId("e7")
                        .setStep(3L)
                        .setState("12")
                        .setAction(2)
                        .setReward(-0.5)
                        .setNextState("13")
                        .setTerminated(false)
                        .setTruncated(true)
                        .setDiscount(0.9)
                        .setLegalActions(List.of(0, 2, 3))
                        .setNextAction(1)
                        .setBehaviorProbability(0.25)
                        .setPolicyVersion(42L)
                        .setEventTime(Instant.parse("2026-01-31T12:00:00Z"))
                        .build());
        assertThat(warnings).isEmpty();
    }

    @Test
    void fiveColumnsAreEnoughInAnyOrderAndInCamelCase() throws IOException {
        Experience experience = onlyExperience("log.csv", "terminated,nextState,reward,action,state\n1,,1,0,goal-1\n");
        assertThat(experience.getPolicyId()).isEqualTo("default");
        assertThat(experience.getState()).isEqualTo("goal-1");
        assertThat(experience.getNextState()).isNull();
        assertThat(experience.getTerminated()).isTrue();
        assertThat(experience.getTruncated()).isFalse();
        assertThat(experience.getAgentId()).isNull();
    }

    @Test
    void blanksOfANameCountAndThoseAroundANumberDoNot() throws IOException {
        Experience board = onlyExperience("log.csv", HEADER + "X  , 1 ,0 ,\" X \", false \n");
        assertThat(board.getState()).isEqualTo("X  ");
        assertThat(board.getNextState()).isEqualTo(" X ");
        assertThat(board.getAction()).isEqualTo(1);
        assertThat(onlyExperience(
                                "log.jsonl",
                                "{\"state\":\"   \",\"action\":0,\"reward\":1,\"next_state\":\"\",\"terminated\":true}")
                        .getState())
                .isEqualTo("   ");
    }

    @Test
    void aQuotedLineBreakIsTwoBadLinesAndNoOtherExperience() throws IOException {
        assertThat(read("log.csv", HEADER + "\"a\nb\",0,0,c,false\n\"a\"\"b\",0,0,\"\",true\n"))
                .satisfiesExactly(
                        first -> assertThat(first).isInstanceOf(BadLine.class),
                        second -> assertThat(second)
                                .asInstanceOf(InstanceOfAssertFactories.type(BadLine.class))
                                .extracting(BadLine::reason)
                                .asString()
                                .contains("one is inside a value, at character 2"),
                        third -> assertThat(third)
                                .asInstanceOf(InstanceOfAssertFactories.type(LoggedExperience.class))
                                .extracting(logged -> logged.experience().getState())
                                .isEqualTo("a\"b"));
    }

    @Test
    void jsonLinesAreReadWhateverTypeAStateHas() throws IOException {
        List<LogLine> lines = read("log.jsonl", """
                {"state": 3, "action": 1, "reward": 0.5, "nextState": [3, 4], "terminated": false, "legal_actions": [1, 2]}

                {"state": "s", "action": 0, "reward": 1, "next_state": null, "terminated": true, "event_time": 1000}
                """);
        Experience first = ((LoggedExperience) lines.get(0)).experience();
        assertThat(first.getState()).isEqualTo("3");
        assertThat(first.getNextState()).isEqualTo("[3,4]");
        assertThat(first.getLegalActions()).containsExactly(1, 2);
        LoggedExperience second = (LoggedExperience) lines.get(1);
        assertThat(second.lineNumber()).isEqualTo(3);
        assertThat(second.experience().getEventTime()).isEqualTo(Instant.ofEpochMilli(1000));
    }

    @Test
    void gzippedLogIsReadAndItsProgressReachesOne() throws IOException {
        Path file = folder.resolve("log.csv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write((HEADER + "0,1,0,1,false\n".repeat(50_000)).getBytes(StandardCharsets.UTF_8));
        }
        try (ExperienceLog log = ExperienceLog.open(file, warnings::add)) {
            int count = 0;
            while (log.hasNext()) {
                assertThat(log.next()).isInstanceOf(LoggedExperience.class);
                count++;
            }
            assertThat(count).isEqualTo(50_000);
            assertThat(log.progress()).isEqualTo(1);
        }
    }

    @Test
    void gzipThatEndsEarlyIsNamedWithTheLineItGotTo() throws IOException {
        Path whole = folder.resolve("whole.csv.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(whole))) {
            out.write((HEADER + "0,1,0,1,false\n".repeat(50_000)).getBytes(StandardCharsets.UTF_8));
        }
        byte[] bytes = Files.readAllBytes(whole);
        Path half = Files.write(folder.resolve("half.csv.gz"), Arrays.copyOf(bytes, bytes.length / 2));
        assertThatThrownBy(() -> drain(half))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContainingAll("half.csv.gz", "after line", "ends in the middle");
    }

    @Test
    void unknownColumnIsReportedOnceByName() throws IOException {
        read("log.csv", "state,action,reward,next_state,terminated,colour\na,0,0,b,0,red\na,0,0,b,0,blue\n");
        assertThat(warnings).singleElement().asString().contains("'colour'", "ignored");
        read("log.jsonl", "{\"state\":\"a\",\"mood\":1}\n{\"state\":\"a\",\"mood\":2}\n");
        assertThat(warnings).hasSize(2).last().asString().contains("'mood'");
    }

    @Test
    void missingColumnIsNamedWithThoseFound() throws IOException {
        Path file = Files.writeString(folder.resolve("log.csv"), "state,action,reward,done\n");
        assertThatThrownBy(() -> ExperienceLog.open(file, warnings::add))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContainingAll("missing [next_state, terminated]", "found [state, action, reward, done]");
    }

    @Test
    void columnGivenTwiceIsRefused() throws IOException {
        Path file =
                Files.writeString(folder.resolve("log.csv"), "state,action,reward,next_state,nextState,terminated\n");
        assertThatThrownBy(() -> ExperienceLog.open(file, warnings::add))
                .hasMessageContaining("two columns named next_state");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'',0,0,b,false       | state must be given",
                "a,left,0,b,false     | action must be a whole number in [0, 32768): got 'left'",
                "a,-1,0,b,false       | action must be a whole number in [0, 32768): got '-1'",
                "a,32768,0,b,false    | action must be a whole number in [0, 32768): got '32768'",
                "a,2147483647,0,b,0   | action must be a whole number in [0, 32768): got '2147483647'",
                "a,0,NaN,b,false      | reward must be a finite number: got 'NaN'",
                "a,0,1e999,b,false    | reward must be a finite number: got '1e999'",
                "a,0,0,,false         | next_state must be given unless terminated is true",
                "a,0,0,b,yes          | terminated must be true, false, 1 or 0: got 'yes'",
                "a,0,0,b              | the line must have 5 values, as the header has: got 4",
                "\"a,0,0,b,false      | quotes must be closed",
            })
    void badLineIsNumberedQuotedAndExplained(String line, String reason) throws IOException {
        String bare = line.replace("''", "");
        List<LogLine> lines = read("log.csv", HEADER + "a,0,0,b,false\n\n" + bare + "\nc,0,0,d,false\n");
        assertThat(lines).hasSize(3);
        BadLine bad = (BadLine) lines.get(1);
        assertThat(bad.lineNumber()).isEqualTo(4);
        assertThat(bad.text()).isEqualTo(bare);
        assertThat(bad.reason()).contains(reason);
        assertThat(lines.get(2)).isInstanceOf(LoggedExperience.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "discount             | 1.5      | discount must lie in [0, 1]",
                "behavior_probability | -0.1     | behavior_probability must lie in [0, 1]",
                "legal_actions        | 0;x      | legal_actions must be actions such as 0;2;3",
                "legal_actions        | 0;32768  | legal_actions must be actions such as 0;2;3",
                "next_action          | 1.5      | next_action must be a whole number",
                "next_action          | 32768    | next_action must be a whole number in [0, 32768)",
                "step                 | -1       | step must be a whole number",
                "policy_id            | a/b      | policy_id must have 1 to 64 characters",
                "event_time           | tomorrow | event_time must be milliseconds since 1970",
                "event_time | -999999999-01-01T00:00:00Z | event_time must be milliseconds since 1970"
            })
    void optionalFieldIsCheckedWhenGiven(String column, String value, String reason) throws IOException {
        List<LogLine> lines = read(
                "log.csv",
                "state,action,reward,next_state,terminated," + column + "\na,0,0,b,0," + value + "\na,0,0,b,0,\n");
        assertThat(((BadLine) lines.get(0)).reason()).contains(reason).contains("'" + value + "'");
        assertThat(lines.get(1)).isInstanceOf(LoggedExperience.class);
    }

    @Test
    void anActionThatIsNotLegalIsABadLine() throws IOException {
        List<LogLine> lines =
                read("log.csv", "state,action,reward,next_state,terminated,legal_actions\na,1,0,b,0,0;2\n");
        assertThat(((BadLine) lines.get(0)).reason())
                .isEqualTo("action must be one of legal_actions: got 1 and [0, 2]");
    }

    @Test
    void aStateThatNoPolicyTakesIsABadLine() throws IOException {
        String longest = "ä".repeat(1 << 15);
        assertThat(read("log.csv", HEADER + longest + ",0,0,b,0\n" + longest + "a,0,0,b,0\na,0,0," + longest + "a,0\n"))
                .satisfiesExactly(
                        first -> assertThat(first).isInstanceOf(LoggedExperience.class),
                        second -> assertThat(((BadLine) second).reason())
                                .isEqualTo("state must have at most 65536 bytes of UTF-8: got 65537"),
                        third -> assertThat(((BadLine) third).reason())
                                .isEqualTo("next_state must have at most 65536 bytes of UTF-8: got 65537"));
    }

    /** As by a program that cut a text to a length. In UTF-8 all of them would be the same question mark. */
    @ParameterizedTest
    @ValueSource(strings = {"state", "next_state", "agent_id", "episode_id"})
    void halfACharacterIsABadLine(String field) throws IOException {
        String line = "{'state':'state','action':0,'reward':0,'next_state':'next_state','terminated':true,"
                + "'agent_id':'agent_id','episode_id':'episode_id'}\n";
        String json = line.replace('\'', '"');
        String named = ":\"" + field + "\"";
        List<LogLine> lines =
                read("log.jsonl", json.replace(named, ":\"x\\ud83d\"") + json.replace(named, ":\"x\\ud83d\\ude00\""));
        assertThat(((BadLine) lines.get(0)).reason())
                .startsWith(field + " must be text that UTF-8 can write: got half a character, U+D83D, at index 1");
        assertThat(lines.get(1)).isInstanceOf(LoggedExperience.class);
    }

    @Test
    void jsonThatIsNoObjectIsABadLine() throws IOException {
        List<LogLine> lines = read("log.ndjson", "[1]\n{\"state\": 1\n{} {}\n");
        assertThat(lines).hasOnlyElementsOfType(BadLine.class).hasSize(3);
        assertThat(((BadLine) lines.get(0)).reason()).contains("must be a JSON object: got ARRAY");
    }

    @Test
    void aFieldOfJsonThatIsGivenUnderTwoNamesIsABadLine() throws IOException {
        String line =
                "{\"state\":\"a\",\"action\":0,\"reward\":0,\"next_state\":null,\"nextState\":\"b\",\"terminated\":true}\n";
        assertThat(((BadLine) read("log.jsonl", line).get(0)).reason())
                .isEqualTo("next_state must be given once: got it as 'next_state' and as 'nextState'");
    }

    @Test
    void bytesThatAreNotUtf8AreABadLine() throws IOException {
        Path file = Files.write(
                folder.resolve("log.csv"), (HEADER + "caf\u00e9,0,0,b,false\n").getBytes(StandardCharsets.ISO_8859_1));
        assertThat(((BadLine) drain(file).get(0)).reason()).contains("UTF-8");
    }

    @Test
    void controlCharactersOfALogDoNotReachTheTerminal() throws IOException {
        String steering = "\u001b[2J";
        String header = HEADER.strip() + "," + steering + "\n";
        BadLine bad = (BadLine)
                read("log.csv", header + "a,left" + steering + ",0,b,false,1\n").get(0);
        assertThat(bad.sentence())
                .isEqualTo(
                        "line 2: action must be a whole number in [0, 32768): got 'left\uFFFD[2J' (a,left\uFFFD[2J,0,b,false,1)");
        assertThat(warnings).singleElement().asString().contains("column '\uFFFD[2J' of log.csv");
        Path headerOnly = Files.writeString(folder.resolve("header.csv"), "state," + steering + "\n");
        assertThatThrownBy(() -> ExperienceLog.open(headerOnly, warnings::add))
                .hasMessageContaining("found [state, \uFFFD[2J]");
    }

    @Test
    void byteOrderMarkIsNoPartOfTheFirstColumn() throws IOException {
        assertThat(onlyExperience("log.csv", "\uFEFF" + HEADER + "a,0,0,b,false\n")
                        .getState())
                .isEqualTo("a");
    }

    @Test
    void byteOrderMarkIsNoPartOfTheFirstObject() throws IOException {
        String line = "{\"state\":\"a\",\"action\":0,\"reward\":0,\"nextState\":\"b\",\"terminated\":false}\n";
        assertThat(onlyExperience("log.jsonl", "\uFEFF" + line).getState()).isEqualTo("a");
    }

    @Test
    void quotedStateKeepsItsComma() throws IOException {
        assertThat(onlyExperience("log.csv", HEADER + "\"3,4\",0,0,\"3,5\",false\n")
                        .getState())
                .isEqualTo("3,4");
    }

    @ParameterizedTest
    @ValueSource(strings = {"log.parquet", "/"})
    void fileOfUnknownKindIsRefused(String file) {
        assertThatThrownBy(() -> ExperienceLog.open(Path.of(file), warnings::add))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining(".csv, .jsonl or .ndjson");
    }

    @Test
    void missingFileIsNamed() {
        assertThatThrownBy(() -> ExperienceLog.open(folder.resolve("none.csv"), warnings::add))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("there is no file");
    }

    private Experience onlyExperience(String name, String content) throws IOException {
        List<LogLine> lines = read(name, content);
        assertThat(lines).singleElement().isInstanceOf(LoggedExperience.class);
        return ((LoggedExperience) lines.get(0)).experience();
    }

    private List<LogLine> read(String name, String content) throws IOException {
        return drain(Files.writeString(folder.resolve(name), content));
    }

    private List<LogLine> drain(Path file) {
        List<LogLine> lines = new ArrayList<>();
        try (ExperienceLog log = ExperienceLog.open(file, warnings::add)) {
            log.forEachRemaining(lines::add);
        }
        return lines;
    }
}
