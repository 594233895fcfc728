package io.streamq.cli.stage;

import io.streamq.simulation.World;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of simulated agents and their world. */
public final class AgentOptions {
    private static final EpsilonRange ALIKE = EpsilonRange.of(0.3);
    /** In a random world only trying actions tells them apart: the currently greedy one is rarely the final one. */
    private static final EpsilonRange SPREAD = new EpsilonRange(0.7, 1);

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private WorldOptions worlds = new WorldOptions();

    @Option(names = "--agents", paramLabel = "N", description = "Agents of each policy. Default: ${DEFAULT-VALUE}")
    private int count;

    @Option(
            names = "--epsilon",
            paramLabel = "X|X..Y",
            converter = EpsilonRange.Converter.class,
            description = "Probability with which an agent acts at random; a range such as 0.05..1 is spread over the"
                    + " agents, in equal ratios. Default: 0.3; in a random world 0.7..1")
    private @Nullable EpsilonRange epsilon;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Maximum experiences per second, over all agents. Default: ${DEFAULT-VALUE}")
    private int rate;

    /** With these defaults. */
    public AgentOptions(int count, int rate) {
        this.count = count;
        this.rate = rate;
    }

    /** Throws if they are wrong, except for the world, which {@link #world} checks. */
    public void validate() {
        require(count >= 1, "--agents must be at least 1: got " + count);
        require(rate >= 1, "--rate must be at least 1: got " + rate);
    }

    private void require(boolean holds, String sentence) {
        if (!holds) {
            throw new ParameterException(command.commandLine(), sentence);
        }
    }

    public boolean isWorldGiven() {
        return worlds.isGiven();
    }

    public World world() {
        return worlds.world();
    }

    public int count() {
        return count;
    }

    public EpsilonRange epsilon() {
        return epsilon != null ? epsilon : worlds.isRandom() ? SPREAD : ALIKE;
    }

    public long seed() {
        return worlds.seed();
    }

    /**
     * The life of one policy's agents.
     *
     * @param policies that share the rate
     * @param steps of each policy's agents together
     * @param seed of their randomness
     */
    public AgentFeed.Life life(int policies, long steps, long seed) {
        return new AgentFeed.Life(count, epsilon(), (double) rate / policies / count, steps, seed);
    }
}
