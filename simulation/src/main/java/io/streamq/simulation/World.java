package io.streamq.simulation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A model, with what is needed to live in it and to draw it.
 *
 * @param name in kebab-case; {@link #named} finds its worlds by it
 * @param grid how to draw it; {@code null} if its states have no positions
 * @param maximumSteps an episode that lasts this long is truncated
 * @param discount that it is usually solved with
 */
public record World(String name, Mdp mdp, @Nullable Grid grid, int maximumSteps, double discount) {
    private static final Map<String, Supplier<World>> KNOWN = known();

    public World {
        if (maximumSteps < 1) {
            throw new IllegalArgumentException("maximumSteps must be at least 1: got " + maximumSteps);
        }
        if (!(discount >= 0 && discount <= 1)) {
            throw new IllegalArgumentException("discount must be in [0, 1]: got " + discount);
        }
    }

    private static Map<String, Supplier<World>> known() {
        Map<String, Supplier<World>> worlds = new LinkedHashMap<>();
        worlds.put("frozen-lake-4x4", FrozenLake::slippery4x4);
        worlds.put("frozen-lake-8x8", FrozenLake::slippery8x8);
        worlds.put("cliff-walking", CliffWalking::world);
        worlds.put("grid-8x8", () -> GridWorld.of(8, 8));
        worlds.put("maximization-bias", MaximizationBias::world);
        worlds.put("garnet-100", () -> RandomMdp.garnet(100, 4, 3, 1));
        return worlds;
    }

    /** The names that {@link #named} knows. */
    public static Set<String> names() {
        return KNOWN.keySet();
    }

    /**
     * The world of that name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static World named(String name) {
        Supplier<World> world = KNOWN.get(name);
        if (world == null) {
            throw new IllegalArgumentException("a world must be one of " + names() + ": got '" + name + "'");
        }
        return world.get();
    }

    public World withMaximumSteps(int newMaximumSteps) {
        return new World(name, mdp, grid, newMaximumSteps, discount);
    }
}
