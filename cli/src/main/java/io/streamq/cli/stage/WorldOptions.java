package io.streamq.cli.stage;

import io.streamq.simulation.CliffWalking;
import io.streamq.simulation.FrozenLake;
import io.streamq.simulation.GridWorld;
import io.streamq.simulation.MaximizationBias;
import io.streamq.simulation.RandomMdp;
import io.streamq.simulation.World;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which world the agents live in. */
final class WorldOptions {
    private static final String FROZEN_LAKE = "frozen-lake";
    private static final String RANDOM = "random";
    private static final Pattern SIZE = Pattern.compile("(\\d{1,3})x(\\d{1,3})");
    private static final int BRANCHES = 3;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = "--world",
            paramLabel = "NAME",
            description = "frozen-lake (slippery, 4x4, or 8x8 by --size), cliff-walking, grid (deterministic, --size),"
                    + " maximization-bias, or random (a Garnet of --states, --actions and --seed). Default:"
                    + " frozen-lake")
    private @Nullable String name;

    @Option(names = "--size", paramLabel = "RxC", description = "Rows and columns of frozen-lake and grid.")
    private @Nullable String size;

    @Option(names = "--states", paramLabel = "N", description = "States of the random world. Default: ${DEFAULT-VALUE}")
    private int states = 100;

    @Option(
            names = "--actions",
            paramLabel = "M",
            description = "Actions of the random world. Default: ${DEFAULT-VALUE}")
    private int actions = 4;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Of the random world and of chance. Default: ${DEFAULT-VALUE}")
    private long seed = 1;

    boolean isGiven() {
        return name != null;
    }

    boolean isRandom() {
        return RANDOM.equals(name);
    }

    long seed() {
        return seed;
    }

    World world() {
        String wanted = name == null ? FROZEN_LAKE : name;
        return switch (wanted) {
            case FROZEN_LAKE -> frozenLake();
            case "cliff-walking" -> CliffWalking.world();
            case "grid" -> grid();
            case "maximization-bias" -> MaximizationBias.world();
            case RANDOM -> random();
            default ->
                throw usageError("--world must be frozen-lake, cliff-walking, grid, maximization-bias or random: got '"
                        + wanted + "'");
        };
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
        return GridWorld.of(rows, columns);
    }

    private World random() {
        if (states < 2 || actions < 1) {
            throw usageError("--states must be at least 2 and --actions at least 1: got " + states + " and " + actions);
        }
        return RandomMdp.garnet(states, actions, Math.min(BRANCHES, states), seed);
    }

    private ParameterException usageError(String sentence) {
        return new ParameterException(command.commandLine(), sentence);
    }
}
