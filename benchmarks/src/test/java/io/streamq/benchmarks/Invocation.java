package io.streamq.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.cli.terminal.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a command line did. */
record Invocation(int exitCode, String out, String err) {
    static Invocation of(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Terminal terminal = new Terminal(new PrintWriter(out), new PrintWriter(err), false, false, 120);
        int exitCode = BenchmarkCommand.run(args, terminal);
        return new Invocation(exitCode, out.toString(), err.toString());
    }

    /** Runs a benchmark as quickly as it can be, which must succeed, and has its outcome written to a folder. */
    static Invocation quick(Path folder, String... command) {
        Stream<String> options = Stream.of("--quick", "--out=" + folder);
        Invocation done = of(Stream.concat(Stream.of(command), options).toArray(String[]::new));
        assertThat(done.exitCode).as(done.err).isZero();
        return done;
    }
}
