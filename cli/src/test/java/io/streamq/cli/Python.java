package io.streamq.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Python of this machine, for tests of what the repository has in Python. */
public final class Python {
    /** The second is where Debian's packages are, also where another Python is found first. */
    private static final List<String> PLACES = List.of("python3", "/usr/bin/python3");

    private final String program;

    private Python(String program) {
        this.program = program;
    }

    /** One that can import {@code module}. Without one the test is skipped; where the variable CI is set, it fails. */
    public static Python having(String module) throws IOException, InterruptedException {
        for (String place : PLACES) {
            Python python = new Python(place);
            if (python.has(module)) {
                return python;
            }
        }
        String missing = "this test needs a Python with the module " + module + ": none of " + PLACES
                + " has it; on Debian, apt install python3 python3-confluent-kafka";
        assertThat(System.getenv("CI")).as(missing).isNull();
        return abort(missing);
    }

    private boolean has(String module) throws InterruptedException {
        try {
            Process probe = new ProcessBuilder(program, "-c", "import " + module).start();
            return probe.waitFor() == 0;
        } catch (IOException notThere) {
            return false;
        }
    }

    /** What can be started with arguments of its own. */
    public String program() {
        return program;
    }

    /** What a script writes to its output, in this folder; it must end well. */
    public byte[] run(String script) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(program, "-")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var input = process.outputWriter(StandardCharsets.UTF_8)) {
            input.write(script);
        }
        byte[] output = process.getInputStream().readAllBytes();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(script).isZero();
        return output;
    }
}
