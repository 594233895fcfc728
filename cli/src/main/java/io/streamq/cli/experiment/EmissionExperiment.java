package io.streamq.cli.experiment;

import io.streamq.agent.PolicyView;
import io.streamq.cli.chart.DotChart;
import io.streamq.cli.chart.DotChart.Dot;
import io.streamq.cli.chart.DotChart.Row;
import io.streamq.cli.chart.Labels;
import io.streamq.cli.chart.Spread;
import io.streamq.cli.experiment.Findings.Drawing;
import io.streamq.cli.stage.GreedyPolicy;
import io.streamq.cli.terminal.Quantities;
import io.streamq.job.options.StreamQOptions;
import io.streamq.schemas.LearningRateSchedule;
import io.streamq.simulation.ExpectedReturn;
import io.streamq.simulation.ValueIteration;
import io.streamq.simulation.World;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.ConfigOption;

/** How much the job tells agents under each emission rule, learning from the same log, and what the agents then know. */
final class EmissionExperiment implements Experiment {
    private static final World WORLD = LakeLog.WORLD;
    private static final int PARALLELISM = 2;
    private static final double PER_MILLION = 1e6;
    private static final int PATIENCE = 3_000;

    /** An emission rule; its interval is 0 if it has none. */
    private record Rule(String name, Map<String, String> options, long intervalMillis) {
        static Rule of(String name, ConfigOption<?> option, String value) {
            return new Rule(name, Map.of(option.key(), value), 0);
        }

        static Rule interval(long millis) {
            return new Rule(
                    "interval " + millis + " ms",
                    Map.of(StreamQOptions.MINIMUM_INTERVAL.key(), millis + " ms"),
                    millis);
        }
    }

    private static final List<Rule> RULES = List.of(
            new Rule("greedy change", Map.of(), 0),
            Rule.of("margin 0.001", StreamQOptions.MARGIN, "0.001"),
            Rule.of("margin 0.01", StreamQOptions.MARGIN, "0.01"),
            Rule.of("margin 0.1", StreamQOptions.MARGIN, "0.1"),
            Rule.of("1000 visits first", StreamQOptions.MINIMUM_VISITS, "1000"),
            Rule.interval(100),
            Rule.interval(1_000),
            Rule.of("value tolerance 0.1", StreamQOptions.VALUE_TOLERANCE, "0.1"),
            Rule.of("value tolerance 0.01", StreamQOptions.VALUE_TOLERANCE, "0.01"));

    /** Learning rates: their names in the table, and the job's options. */
    private static final Map<String, Map<String, String>> RATES = Map.of(
            "n^-0.7",
            Map.of(),
            "α = 0.1",
            Map.of(
                    StreamQOptions.LEARNING_RATE.key(),
                    LearningRateSchedule.CONSTANT.name(),
                    StreamQOptions.ALPHA.key(),
                    "0.1"));

    private static final List<String> RATE_NAMES = List.of("n^-0.7", "α = 0.1");

    @Override
    public String name() {
        return "emission";
    }

    @Override
    public String question() {
        return "How much does each emission rule tell agents, and is what they then know as good?";
    }

    @Override
    public long experiences() {
        return 1_000_000;
    }

    /** Spreads are over seeds. */
    private record Outcome(Spread messagesPerMillion, Spread value, double experiencesPerSecond) {}

    @Override
    public Findings run(Conditions conditions, Progress progress) throws IOException, InterruptedException {
        progress.expect(1 + RULES.size() * RATE_NAMES.size());
        Sheet summary = new Sheet(
                "rule",
                "learning rate",
                "messages per million",
                "± sd",
                "value",
                "± sd ",
                "of the optimum",
                "experiences/s");
        List<Row> rows = new ArrayList<>();
        double optimum = ExpectedReturn.of(
                WORLD.withMaximumSteps(PATIENCE),
                ValueIteration.solve(WORLD.mdp(), WORLD.discount()).policy(),
                0,
                WORLD.discount());
        try (Laboratory laboratory = Laboratory.open()) {
            progress.begin("writing the log");
            String log = LakeLog.write(laboratory, 1, conditions.seeds(), conditions.experiences(), progress);
            for (Rule rule : RULES) {
                List<Dot> dots = new ArrayList<>();
                for (String rate : RATE_NAMES) {
                    progress.begin(rule.name() + ", " + rate);
                    Outcome outcome = outcome(laboratory, log, rule, RATES.get(rate), conditions, progress);
                    Spread messages = outcome.messagesPerMillion();
                    dots.add(new Dot(dots.size(), messages.mean(), messages.sd()));
                    summary.add(
                            rule.name(),
                            rate,
                            messages.mean(),
                            messages.sd(),
                            outcome.value().mean(),
                            outcome.value().sd(),
                            outcome.value().mean() / optimum,
                            outcome.experiencesPerSecond());
                }
                rows.add(new Row(rule.name(), dots));
            }
        }
        return new Findings(
                Map.of(
                        "world",
                        WORLD.name(),
                        "discount",
                        WORLD.discount(),
                        "parallelism",
                        PARALLELISM,
                        "optimum",
                        optimum),
                summary,
                summary,
                List.of(new Drawing(name(), drawn(rows, conditions))));
    }

    private static Outcome outcome(
            Laboratory laboratory,
            String log,
            Rule rule,
            Map<String, String> rate,
            Conditions conditions,
            Progress progress)
            throws IOException, InterruptedException {
        Map<String, String> options = new HashMap<>(rule.options());
        options.putAll(rate);
        options.put(StreamQOptions.ACTIONS.key(), "" + WORLD.mdp().actions());
        options.put(StreamQOptions.DISCOUNT.key(), "" + WORLD.discount());
        long all = conditions.seeds() * conditions.experiences();
        World patient = WORLD.withMaximumSteps(PATIENCE);
        try (Trial trial = laboratory.start(log, PARALLELISM, options)) {
            trial.await(1, progress);
            long begun = System.nanoTime();
            List<PolicyView> views = new ArrayList<>();
            for (int seed = 1; seed <= conditions.seeds(); seed++) {
                views.add(trial.follow(LakeLog.policyId(seed), policy -> {}));
            }
            trial.await(all, progress);
            double seconds = (System.nanoTime() - begun) / 1e9;
            // Changes held back by an interval are sent at its end.
            Thread.sleep(2 * rule.intervalMillis());
            trial.await(all, progress);
            double[] messages = views.stream()
                    .mapToDouble(view -> PER_MILLION * view.updatesReceived() / conditions.experiences())
                    .toArray();
            double[] values = views.stream()
                    .mapToDouble(view -> GreedyPolicy.value(view, patient, 0))
                    .toArray();
            return new Outcome(Spread.of(messages), Spread.of(values), all / seconds);
        }
    }

    private static String drawn(List<Row> rows, Conditions conditions) {
        return DotChart.svg(
                new Labels(
                        "Messages to agents, by rule of emission",
                        WORLD.name() + ", uniformly random behaviour  ·  "
                                + Quantities.count(conditions.seeds(), "seed") + " of "
                                + Quantities.count(conditions.experiences(), "experience") + "  ·  discount "
                                + WORLD.discount(),
                        "messages per million experiences, mean ± standard deviation",
                        ""),
                RATE_NAMES,
                rows);
    }
}
