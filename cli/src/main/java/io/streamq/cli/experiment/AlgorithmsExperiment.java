package io.streamq.cli.experiment;

import io.streamq.agent.ActionSelector;
import io.streamq.agent.ExperiencePublisher;
import io.streamq.agent.PolicyView;
import io.streamq.cli.chart.Labels;
import io.streamq.cli.chart.LineChart;
import io.streamq.cli.chart.LineChart.Line;
import io.streamq.cli.chart.LineChart.Point;
import io.streamq.cli.chart.LineChart.Scale;
import io.streamq.cli.chart.Spread;
import io.streamq.cli.experiment.Findings.Drawing;
import io.streamq.cli.stage.ClosedLoop;
import io.streamq.cli.terminal.Quantities;
import io.streamq.job.options.StreamQOptions;
import io.streamq.simulation.CliffWalking;
import io.streamq.simulation.FrozenLake;
import io.streamq.simulation.SimulatedAgent;
import io.streamq.simulation.Solution;
import io.streamq.simulation.StepBudget;
import io.streamq.simulation.ValueIteration;
import io.streamq.simulation.World;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * All algorithms on the same kind of experience, each against the exact values that it converges to. Agents act at random, so
 * that every action is tried everywhere; for SARSA they name as the next action what an epsilon-greedy agent would do with the
 * policy received.
 */
final class AlgorithmsExperiment implements Experiment {
    private static final double EPSILON = 0.1;
    private static final int PARALLELISM = 2;
    private static final int AHEAD = 5_000;
    private static final int INTERVALS = 100;
    /** Steps after which the rest of a discounted return is negligible. */
    private static final int PATIENCE = 3_000;

    private static final ActionSelector RANDOM = ActionSelector.epsilonGreedy(1);

    /** A world with the temperature that suits its values. */
    private record Task(World world, double temperature) {}

    private static final List<Task> TASKS =
            List.of(new Task(FrozenLake.slippery4x4(), 0.02), new Task(CliffWalking.world(), 1));

    @Override
    public String name() {
        return "algorithms";
    }

    @Override
    public String question() {
        return "Does every algorithm converge to what theory says, and how fast?";
    }

    @Override
    public long experiences() {
        return 300_000;
    }

    @Override
    public Findings run(Conditions conditions, Progress progress) throws IOException, InterruptedException {
        Sheet summary = new Sheet(
                "world",
                "algorithm",
                "error at start",
                "error at end",
                "± sd",
                "value of what was learnt",
                "± sd of value",
                "value of the exact solution");
        Sheet data = new Sheet("world", "algorithm", "experiences", "mean error", "sd");
        List<Drawing> drawings = new ArrayList<>();
        progress.expect(TASKS.stream().mapToInt(task -> learners(task).size()).sum());
        try (Laboratory laboratory = Laboratory.open()) {
            for (Task task : TASKS) {
                List<Line> lines = new ArrayList<>();
                for (Learner learner : learners(task)) {
                    progress.begin(task.world().name() + ", " + learner.name());
                    Course course = course(laboratory, task.world(), learner, conditions, progress);
                    lines.add(new Line(learner.name(), course.points()));
                    course.points()
                            .forEach(point -> data.add(
                                    task.world().name(), learner.name(), (long) point.x(), point.mean(), point.sd()));
                    Point first = course.points().get(0);
                    Point last = course.points().get(INTERVALS);
                    summary.add(
                            task.world().name(),
                            learner.name(),
                            first.mean(),
                            last.mean(),
                            last.sd(),
                            course.value().mean(),
                            course.value().sd(),
                            course.exact());
                }
                drawings.add(new Drawing(name() + "-" + task.world().name(), drawn(task.world(), lines, conditions)));
            }
        }
        return new Findings(
                Map.of("learning rate", "n^-" + StreamQOptions.OMEGA.defaultValue(), "parallelism", PARALLELISM),
                summary,
                data,
                drawings);
    }

    private static List<Learner> learners(Task task) {
        return Learner.all(EPSILON, task.temperature());
    }

    /**
     * The result of one algorithm.
     *
     * @param points its error over time
     * @param value of the final policy, acted on as the algorithm assumes: greedily, epsilon-greedily or by softmax
     * @param exact the value of what it converges to, acted on in the same way
     */
    private record Course(List<Point> points, Spread value, double exact) {}

    private static Course course(
            Laboratory laboratory, World world, Learner learner, Conditions conditions, Progress progress)
            throws IOException, InterruptedException {
        Solution solution = ValueIteration.solve(world.mdp(), world.discount(), learner.behaviour(), 0);
        List<ErrorTrack> tracks = new ArrayList<>();
        List<SimulatedAgent> agents = new ArrayList<>();
        List<PolicyView> views = new ArrayList<>();
        String log = laboratory.newLog();
        try (Trial trial = laboratory.start(log, PARALLELISM, options(world, learner));
                ExperiencePublisher publisher = laboratory.publisherTo(log)) {
            ClosedLoop loop = new ClosedLoop(publisher, trial::learnt, AHEAD);
            for (int seed = 1; seed <= conditions.seeds(); seed++) {
                ErrorTrack track = new ErrorTrack(solution, conditions.experiences(), INTERVALS);
                PolicyView view = trial.follow("seed-" + seed, track);
                SimulatedAgent.Builder agent = SimulatedAgent.in(world, loop)
                        .learning("seed-" + seed)
                        .following(view, RANDOM)
                        .spending(StepBudget.of(conditions.experiences()));
                if (learner.nextActions() != null) {
                    agent.tellingNextActionsOf(learner.nextActions());
                }
                agents.add(agent.agent("agent-" + seed, seed));
                tracks.add(track);
                views.add(view);
            }
            long all = conditions.seeds() * conditions.experiences();
            Crowd.live(agents, all, progress, trial::requireUnbroken);
            publisher.flush();
            trial.await(all, progress);
        }
        return course(world, learner, solution, tracks, views, conditions.experiences());
    }

    private static Map<String, String> options(World world, Learner learner) {
        Map<String, String> options = new HashMap<>(learner.options());
        options.put(StreamQOptions.ACTIONS.key(), "" + world.mdp().actions());
        options.put(StreamQOptions.DISCOUNT.key(), "" + world.discount());
        options.put(StreamQOptions.VALUE_TOLERANCE.key(), "0");
        return options;
    }

    private static Course course(
            World world,
            Learner learner,
            Solution solution,
            List<ErrorTrack> tracks,
            List<PolicyView> views,
            long experiences) {
        List<double[]> errors = tracks.stream().map(ErrorTrack::errors).toList();
        List<Point> points = new ArrayList<>();
        for (int i = 0; i <= INTERVALS; i++) {
            int reading = i;
            Spread spread =
                    Spread.of(errors.stream().mapToDouble(seed -> seed[reading]).toArray());
            long at = experiences * i / INTERVALS;
            points.add(new Point((double) at, spread.mean(), spread.sd()));
        }
        World patient = world.withMaximumSteps(PATIENCE);
        Spread value = Spread.of(
                views.stream().mapToDouble(view -> learner.worth(patient, view)).toArray());
        return new Course(points, value, learner.worth(patient, solution));
    }

    private static String drawn(World world, List<Line> lines, Conditions conditions) {
        return LineChart.svg(
                new Labels(
                        "Error in " + world.name() + ", through Kafka and Flink",
                        Quantities.count(conditions.seeds(), "seed") + " of uniformly random behaviour  ·  discount "
                                + world.discount() + "  ·  learning rate n^-" + StreamQOptions.OMEGA.defaultValue(),
                        "experiences of each seed",
                        "greatest error of an action's value"),
                Scale.LINEAR,
                Scale.LOG,
                lines,
                List.of());
    }
}
