package io.streamq.benchmarks;

import io.streamq.cli.terminal.Terminal;
import java.io.PrintWriter;
import java.io.StringWriter;

/** What a command line did. */
record Invocation(int exitCode, String out, String err) {
    static Invocation of(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        Terminal terminal = new Terminal(new PrintWriter(out), new PrintWriter(err), false, false, 120);
        int exitCode = BenchmarkCommand.run(args, terminal);
        return new Invocation(exitCode, out.toString(), err.toString());
    }
}
