package io.streamq.cli.experiment;

import io.streamq.agent.ExperiencePublisher;
import io.streamq.agent.ExperienceSink;
import io.streamq.cli.chart.DotChart;
import io.streamq.cli.chart.DotChart.Dot;
import io.streamq.cli.chart.DotChart.Row;
import io.streamq.cli.chart.Labels;
import io.streamq.cli.chart.LineChart;
import io.streamq.cli.chart.LineChart.Line;
import io.streamq.cli.chart.LineChart.Point;
import io.streamq.cli.chart.LineChart.Scale;
import io.streamq.cli.chart.Spread;
import io.streamq.cli.experiment.Findings.Drawing;
import io.streamq.cli.terminal.Quantities;
import io.streamq.job.options.StreamQOptions;
import io.streamq.learning.LearningRate;
import io.streamq.learning.QLearning;
import io.streamq.simulation.SimulatedAgent;
import io.streamq.simulation.Solution;
import io.streamq.simulation.StepBudget;
import io.streamq.simulation.ValueIteration;
import io.streamq.simulation.World;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The cost of using a slightly stale V(s'): experiences until the greedy policy is optimal and stays so for a while, for a
 * sequential learner, for one whose values are delayed, and for the job, which reads a whole log at full speed. And how stale
 * values are in the job.
 */
final class StalenessExperiment implements Experiment {
    private static final World WORLD = LakeLog.WORLD;
    private static final int[] DELAYS = {0, 10, 100, 1_000, 10_000};
    private static final int[] PARALLELISMS = {1, 2, 4, 8};
    private static final double[] LIVE_PER_SECOND = {10_000};
    private static final int LIVE_PARALLELISM = 2;
    private static final int TRACED = 300_000;
    private static final int LIVE_SECONDS = 10;
    private static final int DWELLS = 20;

    @Override
    public String name() {
        return "staleness";
    }

    @Override
    public String question() {
        return "What does it cost that values of successors are a little old when they are used, and how old are they?";
    }

    @Override
    public long experiences() {
        return 600_000;
    }

    @Override
    public Findings run(Conditions conditions, Progress progress) throws IOException, InterruptedException {
        progress.expect(DELAYS.length
                + conditions.seeds() * (1 + PARALLELISMS.length)
                + PARALLELISMS.length
                + LIVE_PER_SECOND.length);
        Sheet summary = new Sheet(
                "learner", "seeds that settled", "experiences", "± sd", "missed: median", "mean", "99 %", "most");
        Sheet data = new Sheet("learner", "seed", "experiences", "updates missed", "share of reads");
        List<Row> rows = new ArrayList<>();
        List<Line> distributions = new ArrayList<>();
        for (int delay : DELAYS) {
            String learner = delay == 0 ? "sequential" : "sequential, " + Quantities.count(delay) + " updates late";
            progress.begin(learner);
            List<Long> settled = new ArrayList<>();
            for (int seed = 1; seed <= conditions.seeds(); seed++) {
                settled.add(sequential(delay, seed, conditions.experiences()));
                progress.done(seed, conditions.seeds());
            }
            note(learner, settled, null, rows, summary, data);
        }
        try (Laboratory laboratory = Laboratory.open()) {
            List<String> logs = new ArrayList<>();
            for (int seed = 1; seed <= conditions.seeds(); seed++) {
                progress.begin("writing the log of seed " + seed);
                logs.add(LakeLog.write(laboratory, seed, 1, conditions.experiences(), progress));
            }
            for (int parallelism : PARALLELISMS) {
                String learner = "job, parallelism " + parallelism;
                List<Long> settled = new ArrayList<>();
                for (int seed = 1; seed <= conditions.seeds(); seed++) {
                    progress.begin(learner + ", seed " + seed);
                    settled.add(streamed(laboratory, logs.get(seed - 1), parallelism, seed, conditions, progress));
                }
                progress.begin(learner + ", traced");
                long[] missed = trace(laboratory, parallelism, TRACED, Double.POSITIVE_INFINITY, progress);
                note(learner, settled, missed, rows, summary, data);
                distributions.add(distribution(learner, missed, data));
            }
            for (double perSecond : LIVE_PER_SECOND) {
                String learner = "job, parallelism " + LIVE_PARALLELISM + ", live at "
                        + Quantities.count((long) perSecond) + " per second";
                progress.begin(learner);
                long[] missed =
                        trace(laboratory, LIVE_PARALLELISM, (long) (LIVE_SECONDS * perSecond), perSecond, progress);
                note(learner, List.of(), missed, rows, summary, data);
                distributions.add(distribution("live at " + Quantities.count((long) perSecond) + " /s", missed, data));
            }
        }
        return new Findings(
                Map.of(
                        "world",
                        WORLD.name(),
                        "discount",
                        WORLD.discount(),
                        "learning rate",
                        "n^-" + StreamQOptions.OMEGA.defaultValue(),
                        "settled",
                        "optimal for " + Quantities.count(dwell(conditions.experiences())) + " experiences"),
                summary,
                data,
                List.of(
                        new Drawing(name(), drawnCosts(rows, conditions)),
                        new Drawing(name() + "-distribution", drawnDistributions(distributions))));
    }

    /** How long counts as staying optimal, in experiences. */
    private static long dwell(long experiences) {
        return experiences / DWELLS;
    }

    private static Solution solution() {
        return ValueIteration.solve(WORLD.mdp(), WORLD.discount());
    }

    private static long sequential(int delay, int seed, long experiences) {
        OptimumTrack track = new OptimumTrack(solution(), dwell(experiences));
        SequentialLearner learner = new SequentialLearner(
                WORLD.mdp(),
                new QLearning(),
                new LearningRate.Polynomial(StreamQOptions.OMEGA.defaultValue()),
                WORLD.discount(),
                delay);
        AtomicLong learnt = new AtomicLong();
        ExperienceSink sink = step -> {
            int changed = learner.learn(
                    Integer.parseInt(step.getState()),
                    step.getAction(),
                    step.getReward(),
                    Integer.parseInt(step.getNextState()),
                    step.getTerminated(),
                    0);
            if (changed != SequentialLearner.NONE) {
                track.observe(
                        learnt.incrementAndGet(), changed, learner.row(changed).greedyAction());
            }
        };
        SimulatedAgent.in(WORLD, sink)
                .spending(StepBudget.of(experiences))
                .agent("agent-" + seed, seed)
                .run();
        return track.settledAt();
    }

    private static long streamed(
            Laboratory laboratory, String log, int parallelism, int seed, Conditions conditions, Progress progress)
            throws IOException, InterruptedException {
        OptimumTrack track = new OptimumTrack(solution(), dwell(conditions.experiences()));
        Map<String, String> options = Map.of(
                StreamQOptions.ACTIONS.key(), "" + WORLD.mdp().actions(),
                StreamQOptions.DISCOUNT.key(), "" + WORLD.discount(),
                StreamQOptions.VALUE_TOLERANCE.key(), "0");
        try (Trial trial = laboratory.start(log, parallelism, options)) {
            trial.follow(LakeLog.policyId(seed), track);
            trial.await(conditions.experiences(), progress);
        }
        return track.settledAt();
    }

    /** Publishes before the job starts if the rate is unlimited, else while it runs. */
    private static long[] trace(
            Laboratory laboratory, int parallelism, long experiences, double perSecond, Progress progress)
            throws IOException, InterruptedException {
        StalenessTrace trace = new StalenessTrace();
        boolean live = Double.isFinite(perSecond);
        String log = laboratory.newLog();
        if (!live) {
            publish(laboratory, log, experiences, perSecond, progress);
        }
        try (Trial trial = laboratory.start(log, parallelism, StalenessTrace.options())) {
            trial.follow(LakeLog.policyId(1), trace);
            if (live) {
                publish(laboratory, log, experiences, perSecond, progress);
            }
            trial.await(experiences, progress);
        }
        return trace.missed();
    }

    private static void publish(
            Laboratory laboratory, String log, long experiences, double perSecond, Progress progress)
            throws InterruptedException {
        AtomicLong number = new AtomicLong();
        try (ExperiencePublisher publisher = laboratory.publisherTo(log)) {
            ExperienceSink marking = step -> publisher.publish(StalenessTrace.marked(step, number.incrementAndGet()));
            SimulatedAgent agent = SimulatedAgent.in(WORLD, marking)
                    .learning(LakeLog.policyId(1))
                    .spending(StepBudget.of(experiences))
                    .atStepsPerSecond(perSecond)
                    .agent("agent", 1);
            Crowd.live(List.of(agent), experiences, progress);
        }
    }

    private static void note(
            String learner, List<Long> settledAt, long @Nullable [] missed, List<Row> rows, Sheet summary, Sheet data) {
        List<Long> settled =
                settledAt.stream().filter(at -> at != OptimumTrack.NEVER).toList();
        for (int i = 0; i < settledAt.size(); i++) {
            long at = settledAt.get(i);
            data.add(learner, i + 1, at == OptimumTrack.NEVER ? null : at, null, null);
        }
        Spread spread = settled.isEmpty() ? null : Spread.of(settled);
        if (spread != null) {
            rows.add(new Row(learner, List.of(new Dot(learner.startsWith("job") ? 1 : 0, spread.mean(), spread.sd()))));
        }
        summary.add(
                learner,
                settledAt.isEmpty() ? null : settled.size() + " of " + settledAt.size(),
                spread == null ? null : spread.mean(),
                spread == null ? null : spread.sd(),
                missed == null ? null : quantile(missed, 0.5),
                missed == null ? null : Arrays.stream(missed).average().orElse(0),
                missed == null ? null : quantile(missed, 0.99),
                missed == null ? null : quantile(missed, 1));
    }

    private static long quantile(long[] ascending, double share) {
        return ascending[(int) Math.min(ascending.length - 1L, Math.round(share * (ascending.length - 1)))];
    }

    /** The cumulative distribution of updates missed per read. */
    private static Line distribution(String name, long[] missed, Sheet data) {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < missed.length; i++) {
            boolean last = i + 1 == missed.length;
            if (last || missed[i + 1] != missed[i]) {
                double share = (i + 1.0) / missed.length;
                data.add(name, null, null, missed[i], share);
                points.add(new Point((double) missed[i], 100 * share, 0));
            }
        }
        return new Line(name, points);
    }

    private static String drawnCosts(List<Row> rows, Conditions conditions) {
        return DotChart.svg(
                new Labels(
                        "Experiences to the optimum of " + WORLD.name(),
                        Quantities.count(conditions.seeds(), "seed") + ", mean ± standard deviation  ·  discount "
                                + WORLD.discount() + "  ·  learning rate n^-" + StreamQOptions.OMEGA.defaultValue(),
                        "experiences until the greedy policy is optimal and stays so for "
                                + Quantities.count(dwell(conditions.experiences())),
                        ""),
                List.of("one loop, values made to wait", "through Kafka and Flink"),
                rows);
    }

    private static String drawnDistributions(List<Line> distributions) {
        return LineChart.svg(
                new Labels(
                        "How old values of successors are in the job",
                        WORLD.name() + ", 11 rows  ·  updates of the successor's row between reading it and using it",
                        "updates missed, at most (the left end: none)",
                        "% of reads"),
                Scale.LOG,
                Scale.LINEAR,
                distributions,
                List.of());
    }
}
