package io.streamq.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.terminal.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
    @Test
    void helpNamesEveryCommandAndExitCode() {
        Invocation help = Invocation.of("--help");
        assertThat(help.exitCode()).isEqualTo(ExitCodes.DONE);
        assertThat(help.out())
                .contains("topics", "replay", "policy", "Exit codes:", "wrong usage", "STREAMQ_JAVA_OPTS");
        assertThat(help.err()).isEmpty();
    }

    static Stream<String> commands() {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        return below(Main.commandLine(Terminal.of(nowhere, nowhere)));
    }

    private static Stream<String> below(CommandLine command) {
        return command.getSubcommands().entrySet().stream()
                .flatMap(each -> Stream.concat(
                        Stream.of(each.getKey()), below(each.getValue()).map(deeper -> each.getKey() + " " + deeper)));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void everyCommandHasHelpWithExitCodes(String command) {
        Invocation help = Invocation.of((command + " --help").split(" "));
        assertThat(help.exitCode()).isEqualTo(ExitCodes.DONE);
        assertThat(help.out()).contains("Usage: streamq " + command, "Exit codes:", "--stacktrace");
    }

    @Test
    void versionIsPrinted() {
        assertThat(Invocation.of("--version").out()).startsWith("streamq ");
    }

    @Test
    void noCommandIsWrongUsage() {
        Invocation nothing = Invocation.of();
        assertThat(nothing.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(nothing.err()).contains("streamq --help");
    }

    @Test
    void misspeltCommandIsWrongUsageWithASuggestion() {
        Invocation misspelt = Invocation.of("topcis");
        assertThat(misspelt.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(misspelt.err()).contains("topcis", "topics").doesNotContain("\tat ");
    }

    @Test
    void missingBrokerAddressIsWrongUsage() {
        Invocation policy = Invocation.of("policy");
        assertThat(policy.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(policy.err()).contains("--bootstrap-servers", "streamq policy --help");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "localhost:",
                "localhost:9092,",
                "http://localhost",
                " :9092",
                ":9092",
                "user@localhost:9092",
                "localhost:9092, localhost:9093",
                "localhost:65536",
                "localhost:9092909290929092"
            })
    void addressWithoutHostOrPortIsWrongUsage(String address) {
        Invocation check = Invocation.of("topics", "check", "-b", address);
        assertThat(check.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(check.err()).contains("host:port", "'" + address + "'");
    }

    @Test
    void unreadableCommandConfigIsWrongUsage() {
        Invocation check = Invocation.of("topics", "check", "-b", "localhost:9092", "--command-config", "no-such-file");
        assertThat(check.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(check.err()).contains("no-such-file");
    }

    @Test
    void aLogFileThatCannotBeWrittenIsWrongUsage(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("file")).resolve("x.log");
        Invocation policy = Invocation.of("policy", "-b", "127.0.0.1:1", "--json", "--log-file", file.toString());
        assertThat(policy.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(policy.out()).isEmpty();
        assertThat(policy.err())
                .startsWith("streamq: --log-file must be a file that can be written to: got '" + file + "'");
    }

    @Test
    void unreachableBrokerIsASentenceAndNoStackTrace() throws IOException {
        int deadPort;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            deadPort = socket.getLocalPort();
        }
        Invocation check = Invocation.of("topics", "check", "-b", "127.0.0.1:" + deadPort);
        assertThat(check.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(check.err())
                .startsWith("streamq: no Kafka broker can be reached at 127.0.0.1:" + deadPort)
                .hasLineCount(1);
    }

    @Test
    void unknownHostIsASentence() {
        Invocation check = Invocation.of("topics", "check", "-b", "no-such-host.invalid:9092");
        assertThat(check.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(check.err())
                .contains("no-such-host.invalid:9092", "host name is unknown")
                .hasLineCount(1);
    }

    @Test
    void stackTraceShowsOnRequest() {
        Invocation check = Invocation.of("topics", "check", "-b", "no-such-host.invalid:9092", "--stacktrace");
        assertThat(check.err()).contains("\tat ");
    }
}
