package io.streamq.benchmarks.duel;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.streamq.benchmarks.contest.EndlessRun;
import io.streamq.benchmarks.contest.Setting;
import io.streamq.benchmarks.contest.Who;
import io.streamq.cli.program.ExitCodes;
import io.streamq.cli.program.Interruption;
import io.streamq.cli.terminal.Terminal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * {@code streamq benchmark duelist}: one side of a duel, in a separate process that {@link Duelist} starts. It learns until told to end, and
 * answers requests on standard input by lines on standard output.
 */
@Command(name = DuelistCommand.NAME, hidden = true, description = "One side of a duel, started by it.")
public final class DuelistCommand implements Callable<Integer> {
    static final String NAME = "duelist";

    /** Printed once, with the ids of its processes. */
    static final String READY = "ready";
    /** Request: start learning. */
    static final String BEGIN = "begin";
    /** Request, answered with the number of experiences so far. */
    static final String LEARNT = "learnt";
    /** Request, answered once the last table has been verified. */
    static final String END = "end";

    private final Terminal terminal;

    @Parameters(index = "0")
    private Who who = Who.STREAMQ;

    @Parameters(index = "1", description = "The setting as JSON.")
    private String setting = "";

    /** The learning thread, while it learns. */
    private @Nullable Thread learner;

    public DuelistCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    static String json(Setting setting) {
        try {
            return new ObjectMapper().writeValueAsString(setting);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a setting must have a form in JSON: " + setting, e);
        }
    }

    @Override
    public Integer call() throws Exception {
        try (Interruption interruption = Interruption.ofThisThread();
                EndlessRun run = EndlessRun.open(new ObjectMapper().readValue(setting, Setting.class), who)) {
            say(READY + run.processes().stream().map(pid -> " " + pid).collect(Collectors.joining()));
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            if (BEGIN.equals(in.readLine())) {
                learner = Thread.currentThread();
                Thread questions = new Thread(() -> answer(in, run), "streamq-duelist-questions");
                questions.setDaemon(true);
                questions.start();
                try {
                    run.run();
                } finally {
                    leaveInPeace();
                }
                say(END);
            }
        }
        return ExitCodes.DONE;
    }

    private void answer(BufferedReader in, EndlessRun run) {
        try {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.equals(END)) {
                    run.end();
                } else {
                    say(LEARNT + " " + run.learnt());
                }
            }
        } catch (IOException | InterruptedException | ExecutionException e) {
            throw new IllegalStateException("the duel can ask no more", e);
        } finally {
            interrupt();
        }
    }

    /** The process that would tell it to end is gone. */
    private synchronized void interrupt() {
        if (learner != null) {
            learner.interrupt();
        }
    }

    /** From here on it closes its resources, and must not be interrupted in that. */
    private synchronized void leaveInPeace() {
        learner = null;
        boolean unused = Thread.interrupted();
    }

    private void say(String line) {
        terminal.print(line);
        terminal.out().flush();
    }
}
