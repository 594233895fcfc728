package io.streamq.cli.stage;

import io.streamq.job.policy.PolicyRules;
import io.streamq.simulation.FrozenLake;
import io.streamq.simulation.GridWorld;
import io.streamq.simulation.RandomMdp;
import io.streamq.simulation.World;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of the agents' world. */
final class WorldOptions {
    private static final String FROZEN_LAKE = "frozen-lake";
    private static final String GRID = "grid";
    private static final String RANDOM = "random";
    private static final String STATES = "100";
    private static final String ACTIONS = "4";
    /** Built and solved within half a minute, and within the heap that the launcher gives the JVM. */
    private static final int MOST_STATES_TIMES_ACTIONS = 1_000_000;

    private static final int MOST_CELLS = MOST_STATES_TIMES_ACTIONS / 4;
    private static final Pattern SIZE = Pattern.compile("(\\d{1,3})x(\\d{1,3})");
    private static final int BRANCHES = 3;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = "--world",
            paramLabel = "NAME",
            description =
                    "frozen-lake (slippery, 4x4, or 8x8 with --size), cliff-walking, grid (deterministic, --size),"
                            + " maximization-bias, random (a Garnet of --states, --actions and --seed), or a world by its full"
                            + " name, such as frozen-lake-8x8. Default: frozen-lake")
    private @Nullable String name;

    @Option(names = "--size", paramLabel = "RxC", description = "Rows and columns of frozen-lake and grid.")
    private @Nullable String size;

    @Option(names = "--states", paramLabel = "N", description = "States of the random world. Default: " + STATES)
    private @Nullable Integer states;

    @Option(names = "--actions", paramLabel = "M", description = "Actions of the random world. Default: " + ACTIONS)
    private @Nullable Integer actions;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Seed of the random world and of chance. Default: ${DEFAULT-VALUE}")
    private long seed = 1;

    /** Whether a world was asked for, if only by its size. */
    boolean isGiven() {
        return name != null || size != null || states != null || actions != null;
    }

    boolean isRandom() {
        return name != null && (name.equals(RANDOM) || name.startsWith("garnet-"));
    }

    long seed() {
        return seed;
    }

    World world() {
        String wanted = name == null ? FROZEN_LAKE : name;
        requireUsed("--size", size, List.of(FROZEN_LAKE, GRID), wanted);
        requireUsed("--states", states, List.of(RANDOM), wanted);
        requireUsed("--actions", actions, List.of(RANDOM), wanted);
        return switch (wanted) {
            case FROZEN_LAKE -> frozenLake();
            case GRID -> grid();
            case RANDOM -> random();
            default -> named(wanted);
        };
    }

    private void requireUsed(String option, @Nullable Object value, List<String> users, String wanted) {
        if (value != null && !users.contains(wanted)) {
            throw usageError(option + " is for --world " + String.join(" and ", users) + ": got " + option + " " + value
                    + " with " + wanted + "; leave it out, or name such a world");
        }
    }

    private World named(String wanted) {
        if (!World.names().contains(wanted)) {
            throw usageError("--world must be frozen-lake, cliff-walking, grid, maximization-bias or random, or one of "
                    + World.names() + ": got '" + wanted + "'");
        }
        return World.named(wanted);
    }

    private World frozenLake() {
        String wanted = size == null ? "4x4" : size;
        return switch (wanted) {
            case "4x4" -> FrozenLake.slippery4x4();
            case "8x8" -> FrozenLake.slippery8x8();
            default -> throw usageError("--size of frozen-lake must be 4x4 or 8x8: got '" + wanted + "'");
        };
    }

    private World grid() {
        Matcher wanted = SIZE.matcher(size == null ? "8x8" : size);
        if (!wanted.matches()) {
            throw usageError("--size must be rows and columns such as 20x20: got '" + size + "'");
        }
        int rows = Integer.parseInt(wanted.group(1));
        int columns = Integer.parseInt(wanted.group(2));
        if (rows < 1 || columns < 1 || rows * columns < 2) {
            throw usageError("--size must leave room for a start and a goal: got '" + size + "'");
        }
        if (rows * columns > MOST_CELLS) {
            throw usageError("--size must have at most " + MOST_CELLS + " cells: got '" + size + "', which has "
                    + rows * columns);
        }
        return GridWorld.of(rows, columns);
    }

    private World random() {
        int stateCount = states == null ? Integer.parseInt(STATES) : states;
        int actionCount = actions == null ? Integer.parseInt(ACTIONS) : actions;
        if (stateCount < 2) {
            throw usageError("--states must be at least 2: got " + stateCount);
        }
        if (actionCount < 1 || actionCount > PolicyRules.MAX_ACTIONS) {
            throw usageError("--actions must be in [1, " + PolicyRules.MAX_ACTIONS + "]: got " + actionCount);
        }
        if ((long) stateCount * actionCount > MOST_STATES_TIMES_ACTIONS) {
            throw usageError("--states times --actions must be at most " + MOST_STATES_TIMES_ACTIONS + ": got "
                    + stateCount + " and " + actionCount);
        }
        return RandomMdp.garnet(stateCount, actionCount, Math.min(BRANCHES, stateCount), seed);
    }

    private ParameterException usageError(String sentence) {
        return new ParameterException(command.commandLine(), sentence);
    }
}
