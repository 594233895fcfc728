package io.streamq.benchmarks.contest;

import io.streamq.benchmarks.contest.Contestant.Run;
import io.streamq.cli.terminal.Quantities;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Contestants take turns on one setting, repeatedly, so that whatever slows the machine for a while slows them all. */
final class Contest {
    private Contest() {}

    /**
     * Runs the contest.
     *
     * @param warmUps rounds to discard before those that count
     * @param progress is told what is going on
     * @return experiences per second, for each contestant and round
     */
    static Map<String, List<Double>> run(
            Setting setting, List<Contestant> contestants, int warmUps, int rounds, Consumer<String> progress)
            throws Exception {
        Map<String, List<Double>> perSecond = new LinkedHashMap<>();
        progress.accept("publishing " + Quantities.count(setting.experiences(), "experience"));
        try (Stadium stadium = Stadium.open(setting)) {
            for (int round = 1 - warmUps; round <= rounds; round++) {
                for (Contestant contestant : contestants) {
                    progress.accept(
                            (round < 1 ? "warm-up" : "round " + round + " of " + rounds) + ": " + contestant.name());
                    Run run = contestant.run(stadium);
                    run.visits().requireEqual(stadium.published(), contestant.name());
                    if (round > 0) {
                        perSecond
                                .computeIfAbsent(contestant.name(), name -> new ArrayList<>())
                                .add(run.lap().perSecond());
                    }
                }
            }
        }
        return perSecond;
    }
}
