package io.streamq.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;

/** A command that ran in this JVM, and what came of it. */
public record Invocation(int exitCode, String out, String err) {
    public static Invocation of(String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = Main.run(args, new PrintWriter(out), new PrintWriter(err));
        return new Invocation(exitCode, out.toString(), err.toString());
    }

    public List<String> outLines() {
        return out.lines().toList();
    }
}
