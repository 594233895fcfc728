package io.streamq.cli.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.cli.Invocation;
import io.streamq.cli.program.ExitCodes;
import io.streamq.job.options.StreamQOptions;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Experience;
import io.streamq.schemas.PolicyConfig;
import io.streamq.schemas.PolicyConfigOutcome;
import io.streamq.schemas.PolicyConfigStatus;
import io.streamq.schemas.PolicyUpdate;
import io.streamq.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.junit.jupiter.api.Test;

/** What the README says is held to the code. */
class ReadmeTest {
    private static final Path ROOT = Path.of("..");
    private static final Path AGENT = Path.of("src/test/java/io/streamq/cli/readme/CrossingController.java");
    private static final Pattern COMMAND = Pattern.compile("\\./streamq ([^`\n|]+)");
    private static final Pattern SUBCOMMAND = Pattern.compile("[a-z][a-z-]+");
    private static final Pattern OPTION_KEY = Pattern.compile("streamq\\.[a-z-]+\\.[a-z.-]*[a-z]");
    private static final Pattern LINK = Pattern.compile("(?:\\]\\(|src=\")(?!https?:|#)([^)#\"]+)");
    private static final Pattern REFERENCE = Pattern.compile("(?m)^\\[\\w+\\]: (\\S+)$");

    private final Readme readme = Readme.read();

    @Test
    void theAgentIsTheOneThatIsCompiled() throws IOException {
        String source = Files.readString(AGENT);
        String snippet =
                source.substring(source.indexOf("// README: an agent") + 20, source.indexOf("        // README: end"));
        assertThat(readme.block("java", "compiled").code())
                .isEqualTo(snippet.stripTrailing().stripIndent() + "\n");
    }

    @Test
    void everyCommandExistsAndHasItsOptions() throws IOException {
        List<String> commands = COMMAND.matcher(readme.text())
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toCollection(ArrayList::new));
        // The launcher's own: it is a module that this one does not know.
        assertThat(commands.remove("benchmark")).isTrue();
        assertThat(Files.readString(ROOT.resolve("streamq"))).contains("= benchmark ]");
        assertThat(commands).hasSizeGreaterThan(10).allSatisfy(ReadmeTest::requireKnown);
    }

    private static void requireKnown(String command) {
        List<String> words = Arrays.asList(command.strip().split("\\s+", -1));
        List<String> help = words.stream()
                .takeWhile(word -> SUBCOMMAND.matcher(word).matches())
                .collect(Collectors.toCollection(ArrayList::new));
        help.add("--help");
        Invocation invocation = Invocation.of(help.toArray(String[]::new));
        assertThat(invocation.exitCode()).as("%s: %s", help, invocation.err()).isEqualTo(ExitCodes.DONE);
        assertThat(words)
                .filteredOn(word -> word.startsWith("-") && !word.startsWith("--streamq."))
                .allSatisfy(option -> assertThat(invocation.out())
                        .as(command)
                        .containsPattern("(?m)[ ,]" + Pattern.quote(option.split("=", 2)[0]) + "\\b"));
    }

    @Test
    void everyOptionOfTheJobExists() {
        Set<String> named = OPTION_KEY
                .matcher(readme.text())
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
        named.removeIf(key -> key.endsWith(".v") || key.startsWith(StreamQOptions.KAFKA_CLIENT_PREFIX));
        assertThat(named).isNotEmpty();
        assertThat(StreamQOptions.all().stream().map(ConfigOption::key)).containsAll(named);
    }

    @Test
    void everyTopicIsNamed() {
        assertThat(readme.text())
                .contains(
                        Topics.EXPERIENCES, Topics.POLICY, Topics.CONTROL, Topics.CONTROL_STATUS, Topics.DEAD_LETTERS);
    }

    @Test
    void everyLinkLeadsSomewhere() {
        assertThat(LINK.matcher(readme.text()).results().map(match -> match.group(1)))
                .isNotEmpty()
                .allSatisfy(link -> assertThat(ROOT.resolve(link)).exists());
    }

    @Test
    void everyTestThatShowsAGuaranteeExists() throws IOException {
        Path docs = ROOT.resolve("docs");
        assertThat(REFERENCE
                        .matcher(Files.readString(docs.resolve("guarantees.md")))
                        .results()
                        .map(match -> match.group(1)))
                .isNotEmpty()
                .allSatisfy(link -> assertThat(docs.resolve(link)).exists());
    }

    /** The headers that README and Python agent have, also where there is no Python. */
    @Test
    void theSingleObjectHeadersAreThoseOfTheReleasedSchemas() throws IOException {
        byte[] experience = AvroCodec.experience()
                .encode(Experience.newBuilder()
                        .setState("s")
                        .setAction(0)
                        .setReward(0)
                        .setTerminated(true)
                        .build());
        byte[] update = AvroCodec.policyUpdate()
                .encode(PolicyUpdate.newBuilder()
                        .setPolicyId("lake")
                        .setState("s")
                        .setAction(0)
                        .setValue(0)
                        .setQValues(List.of(0.0))
                        .setVisits(List.of(0L))
                        .setUpdates(0)
                        .setVersion(1)
                        .setEpoch(1)
                        .setUpdatedAt(Instant.EPOCH)
                        .build());
        String agent = Files.readString(ROOT.resolve("examples").resolve("agent.py"));
        for (byte[] encoded : List.of(experience, update)) {
            assertThat(readme.text()).contains('`' + header(encoded) + '`');
            assertThat(agent).contains('"' + header(encoded) + '"');
        }
        byte[] config = AvroCodec.policyConfig()
                .encode(PolicyConfig.newBuilder().setActions(2).build());
        byte[] status = AvroCodec.policyConfigStatus()
                .encode(PolicyConfigStatus.newBuilder()
                        .setPolicyId("lake")
                        .setShard(0)
                        .setShards(1)
                        .setOutcome(PolicyConfigOutcome.APPLIED)
                        .setPartition(0)
                        .setOffset(0)
                        .setEpoch(1)
                        .setUpdatedAt(Instant.EPOCH)
                        .build());
        assertThat(readme.text())
                .contains(
                        "begins with\n`" + header(config) + "`, version 1.",
                        "`" + header(status) + "`, version 2 of [PolicyConfigStatus]");
    }

    private static String header(byte[] encoded) {
        return HexFormat.of().formatHex(encoded, 0, 10);
    }
}
