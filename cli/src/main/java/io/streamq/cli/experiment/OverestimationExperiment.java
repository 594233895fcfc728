package io.streamq.cli.experiment;

import static io.streamq.simulation.MaximizationBias.BEHIND;
import static io.streamq.simulation.MaximizationBias.LEFT;
import static io.streamq.simulation.MaximizationBias.RIGHT;
import static io.streamq.simulation.MaximizationBias.START;

import io.streamq.agent.ActionSelector;
import io.streamq.agent.Decision;
import io.streamq.agent.ExperiencePublisher;
import io.streamq.agent.ExperienceSink;
import io.streamq.agent.Policy;
import io.streamq.agent.PolicyView;
import io.streamq.cli.chart.Labels;
import io.streamq.cli.chart.LineChart;
import io.streamq.cli.chart.LineChart.Line;
import io.streamq.cli.chart.LineChart.Point;
import io.streamq.cli.chart.LineChart.Reference;
import io.streamq.cli.chart.LineChart.Scale;
import io.streamq.cli.chart.Spread;
import io.streamq.cli.experiment.Findings.Drawing;
import io.streamq.job.options.StreamQOptions;
import io.streamq.learning.Algorithm;
import io.streamq.learning.DoubleQLearning;
import io.streamq.learning.LearningRate;
import io.streamq.learning.QLearning;
import io.streamq.learning.QRow;
import io.streamq.schemas.AlgorithmKind;
import io.streamq.schemas.Experience;
import io.streamq.schemas.LearningRateSchedule;
import io.streamq.simulation.MaximizationBias;
import io.streamq.simulation.Mdp;
import io.streamq.simulation.Transition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Sutton and Barto 2018, figure 6.5: how often an epsilon-greedy agent goes left, which is a mistake, and what value it gives to going
 * left. A seed is a group of runs whose mean counts as one number. Measured sequentially, with ties broken at random as in the book; and
 * through the job with one policy per run, every run taking its next episode when all have learnt from the last one. There ties keep the
 * incumbent, at first right, so that an agent that goes left (unless it explores) estimates left higher.
 */
final class OverestimationExperiment implements Experiment {
    private static final double EPSILON = 0.1;
    private static final double ALPHA = 0.1;
    private static final int EPISODES = 300;
    private static final int PARALLELISM = 2;
    private static final int SEQUENTIAL_RUNS = 2_000;
    private static final ActionSelector AGENT = ActionSelector.epsilonGreedy(EPSILON);

    private final Mdp mdp = MaximizationBias.world().mdp();

    @Override
    public String name() {
        return "overestimation";
    }

    @Override
    public String question() {
        return "Does double Q-learning avoid the mistake that Q-learning's overestimation leads to?";
    }

    /** {@value #EPISODES} episodes of some 200 runs; most episodes end with their first step. */
    @Override
    public long experiences() {
        return 60_000;
    }

    /** Run numbers are ints. */
    @Override
    public long mostExperiences() {
        return (long) EPISODES * Integer.MAX_VALUE;
    }

    /** A learner's series by seed and episode. */
    @SuppressWarnings("ArrayRecordComponent") // carried, never compared
    private record Course(String learner, double[][] left, double[] @Nullable [] value) {}

    @Override
    public Findings run(Conditions conditions, Progress progress) throws IOException, InterruptedException {
        int runs = (int) Math.max(1, conditions.experiences() / EPISODES);
        progress.expect(4);
        List<Course> courses = new ArrayList<>();
        progress.begin("Q-learning, sequential");
        courses.add(sequential("Q-learning", new QLearning(), conditions.seeds(), progress));
        progress.begin("double Q-learning, sequential");
        courses.add(sequential("double Q-learning", new DoubleQLearning(), conditions.seeds(), progress));
        try (Laboratory laboratory = Laboratory.open()) {
            progress.begin("Q-learning through the job");
            courses.add(streamed(
                    laboratory, "Q-learning, job", AlgorithmKind.Q_LEARNING, runs, conditions.seeds(), progress));
            progress.begin("double Q-learning through the job");
            courses.add(streamed(
                    laboratory,
                    "double Q-learning, job",
                    AlgorithmKind.DOUBLE_Q_LEARNING,
                    runs,
                    conditions.seeds(),
                    progress));
        }
        return findings(courses, runs);
    }

    private Course sequential(String name, Algorithm algorithm, int seeds, Progress progress) {
        double[][] left = new double[seeds][EPISODES];
        double[][] value = new double[seeds][EPISODES];
        for (int seed = 0; seed < seeds; seed++) {
            SplittableRandom random = new SplittableRandom(1 + seed);
            for (int run = 0; run < SEQUENTIAL_RUNS; run++) {
                SequentialLearner learner =
                        new SequentialLearner(mdp, algorithm, new LearningRate.Constant(ALPHA), 1, 0);
                for (int episode = 0; episode < EPISODES; episode++) {
                    int state = START;
                    boolean goesOn = true;
                    while (goesOn) {
                        int action = choose(values(learner.row(state)), mdp, state, random);
                        left[seed][episode] += state == START && action == LEFT ? 1.0 / SEQUENTIAL_RUNS : 0;
                        Transition outcome = mdp.step(state, action, random);
                        learner.learn(
                                state,
                                action,
                                outcome.reward(),
                                outcome.nextState(),
                                outcome.terminated(),
                                random.nextInt(2));
                        state = outcome.nextState();
                        goesOn = !outcome.terminated();
                    }
                    value[seed][episode] += learner.row(START).meanValue(LEFT) / SEQUENTIAL_RUNS;
                }
            }
            progress.done(seed + 1, seeds);
        }
        return new Course(name, left, value);
    }

    private static double[] values(QRow row) {
        double[] values = new double[row.actions()];
        for (int action = 0; action < values.length; action++) {
            values[action] = row.meanValue(action);
        }
        return values;
    }

    /** Epsilon-greedily, with ties broken at random as in the book. */
    private static int choose(double[] values, Mdp mdp, int state, SplittableRandom random) {
        boolean explores = random.nextDouble() < EPSILON;
        double best = Double.NEGATIVE_INFINITY;
        int chosen = -1;
        int equals = 0;
        for (int action = 0; action < values.length; action++) {
            if (!mdp.isLegal(state, action)) {
                continue;
            }
            double value = explores ? 0 : values[action];
            if (value > best) {
                best = value;
                chosen = action;
                equals = 1;
            } else if (value == best && random.nextInt(++equals) == 0) {
                chosen = action;
            }
        }
        return chosen;
    }

    private Course streamed(
            Laboratory laboratory, String name, AlgorithmKind algorithm, int runs, int seeds, Progress progress)
            throws IOException, InterruptedException {
        Map<String, String> options = Map.of(
                StreamQOptions.ALGORITHM.key(),
                algorithm.name(),
                StreamQOptions.ACTIONS.key(),
                "" + mdp.actions(),
                StreamQOptions.DISCOUNT.key(),
                "1",
                StreamQOptions.LEARNING_RATE.key(),
                LearningRateSchedule.CONSTANT.name(),
                StreamQOptions.ALPHA.key(),
                "" + ALPHA,
                StreamQOptions.MAX_POLICIES.key(),
                "" + Math.min(Integer.MAX_VALUE, (long) runs * seeds));
        double[][] left = new double[seeds][EPISODES];
        String log = laboratory.newLog();
        SplittableRandom random = new SplittableRandom(1);
        try (Trial trial = laboratory.start(log, PARALLELISM, options);
                ExperiencePublisher publisher = laboratory.publisherTo(log)) {
            PolicyView view = trial.follow(null, policy -> {});
            long published = 0;
            for (int episode = 0; episode < EPISODES; episode++) {
                for (long run = 0; run < (long) runs * seeds; run++) {
                    String policyId = "run-" + run;
                    Policy policy = state -> view.lookup(policyId + "/" + state);
                    published++;
                    if (act(policy, publisher, policyId, episode, START, random) == LEFT) {
                        left[(int) (run % seeds)][episode] += 1.0 / runs;
                        published++;
                        act(policy, publisher, policyId, episode, BEHIND, random);
                    }
                }
                publisher.flush();
                trial.await(published, progress);
                progress.done(episode + 1, EPISODES);
            }
        }
        return new Course(name, left, null);
    }

    /** Takes a step in a state and publishes it. */
    private int act(
            Policy policy, ExperienceSink sink, String policyId, int episode, int state, SplittableRandom random)
            throws InterruptedException {
        Decision decision = AGENT.select(policy, mdp.name(state), mdp.legalActions(state), mdp.actions(), random);
        Transition outcome = mdp.step(state, decision.action(), random);
        sink.publish(decision.stamp(Experience.newBuilder())
                .setPolicyId(policyId)
                .setAgentId(policyId)
                .setEpisodeId("" + episode)
                .setStep((long) state)
                .setState(mdp.name(state))
                .setReward(outcome.reward())
                .setNextState(mdp.name(outcome.nextState()))
                .setTerminated(outcome.terminated())
                .setLegalActions(state == START ? List.of(RIGHT, LEFT) : null)
                .build());
        return decision.action();
    }

    private Findings findings(List<Course> courses, int runs) {
        Sheet summary = new Sheet(
                "learner",
                "% left, episodes 1-100",
                "± sd",
                "% left, last 10 episodes",
                "± sd ",
                "greatest belief of left",
                "belief of left in the end");
        Sheet data = new Sheet("learner", "episode", "% left", "sd", "belief of left", "sd ");
        List<Line> left = new ArrayList<>();
        List<Line> beliefs = new ArrayList<>();
        for (Course course : courses) {
            List<Point> percentages = points(course.left, 100);
            List<Point> values = course.value == null ? List.of() : points(course.value, 1);
            left.add(new Line(course.learner, percentages));
            if (!values.isEmpty()) {
                beliefs.add(new Line(course.learner, values));
            }
            for (int i = 0; i < EPISODES; i++) {
                Point percentage = percentages.get(i);
                data.add(
                        course.learner,
                        i + 1,
                        percentage.mean(),
                        percentage.sd(),
                        values.isEmpty() ? null : values.get(i).mean(),
                        values.isEmpty() ? null : values.get(i).sd());
            }
            Spread early = share(course.left, 0, 100);
            Spread late = share(course.left, EPISODES - 10, EPISODES);
            summary.add(
                    course.learner,
                    early.mean(),
                    early.sd(),
                    late.mean(),
                    late.sd(),
                    values.isEmpty()
                            ? null
                            : values.stream().mapToDouble(Point::mean).max().orElseThrow(),
                    values.isEmpty() ? null : values.get(EPISODES - 1).mean());
        }
        return new Findings(
                Map.of(
                        "α",
                        ALPHA,
                        "ε",
                        EPSILON,
                        "runs of a seed",
                        SEQUENTIAL_RUNS,
                        "runs of a seed through the job",
                        runs,
                        "parallelism",
                        PARALLELISM),
                summary,
                data,
                List.of(
                        new Drawing(
                                name() + "-left",
                                LineChart.svg(
                                        labels("How often agents go left, which is a mistake", "% of episodes"),
                                        Scale.LINEAR,
                                        Scale.LINEAR,
                                        left,
                                        List.of(new Reference("optimum for ε = 0.1: 5 %", 5)))),
                        new Drawing(
                                name() + "-value",
                                LineChart.svg(
                                        labels("What going left is believed to be worth", "learnt value of going left"),
                                        Scale.LINEAR,
                                        Scale.LINEAR,
                                        beliefs,
                                        List.of(new Reference("truth: −0.1", -0.1))))));
    }

    private static Labels labels(String title, String yAxis) {
        return new Labels(
                title, "Sutton and Barto 2018, figure 6.5  ·  α = " + ALPHA + "  ·  ε = " + EPSILON, "episodes", yAxis);
    }

    private static List<Point> points(double[][] bySeed, double unit) {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < EPISODES; i++) {
            double[] values = new double[bySeed.length];
            for (int seed = 0; seed < values.length; seed++) {
                values[seed] = unit * bySeed[seed][i];
            }
            Spread spread = Spread.of(values);
            points.add(new Point(i, spread.mean(), spread.sd()));
        }
        return points;
    }

    /** In percent. */
    private static Spread share(double[][] bySeed, int from, int to) {
        double[] shares = new double[bySeed.length];
        for (int seed = 0; seed < shares.length; seed++) {
            for (int i = from; i < to; i++) {
                shares[seed] += 100 * bySeed[seed][i] / (to - from);
            }
        }
        return Spread.of(shares);
    }
}
