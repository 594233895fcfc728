package io.streamq.cli.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.agent.PolicyUnavailableException;
import io.streamq.cli.terminal.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class ProgramTest {
    private final OutOfMemoryError full = new OutOfMemoryError("Java heap space");
    private static final String WHAT_TO_DO =
            "streamq: out of memory (Java heap space); give it more with STREAMQ_JAVA_OPTS=-Xmx8g\n";

    private final StringWriter err = new StringWriter();

    @Command(name = "failing")
    private record Failing(Throwable failure) implements Callable<Integer> {
        @Override
        public Integer call() throws Exception {
            if (failure instanceof Error error) {
                throw error;
            }
            throw (Exception) failure;
        }
    }

    private int run(Throwable failure) {
        Terminal terminal = new Terminal(new PrintWriter(new StringWriter()), new PrintWriter(err), false, false, 80);
        try {
            return new Program(terminal, () -> false).run(new CommandLine(new Failing(failure)), new String[0]);
        } catch (OutOfMemoryError e) { // which would end the JVM of the tests
            throw new AssertionError("left to Java", e);
        }
    }

    @Test
    void aFullHeapIsASentenceThatTellsHowToHaveMore() {
        assertThat(run(full)).isEqualTo(ExitCodes.FAILED);
        assertThat(err).hasToString(WHAT_TO_DO);
    }

    @Test
    void aFullHeapThatAnotherThreadMetIsTheSameSentence() {
        PolicyUnavailableException ofView = new PolicyUnavailableException("open a new PolicyView", full);
        assertThat(run(new CommandFailure("open a new PolicyView", ofView))).isEqualTo(ExitCodes.FAILED);
        assertThat(err).hasToString(WHAT_TO_DO);
    }
}
