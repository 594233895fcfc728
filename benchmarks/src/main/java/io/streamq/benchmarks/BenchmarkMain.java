package io.streamq.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.flink.configuration.Configuration;

/** Runs the contestants in turn and prints what they reached. */
public final class BenchmarkMain {
    private BenchmarkMain() {}

    public static void main(String[] args) throws Exception {
        long experiences = Long.parseLong(args[0]);
        int states = Integer.parseInt(args[1]);
        int rounds = Integer.parseInt(args[2]);
        List<String> wanted = Arrays.asList(args).subList(3, args.length);
        List<Contestant> contestants = new ArrayList<>();
        for (Contestant c :
                List.of(new PlainLoop(), new Floor(new Configuration()), new Product(new Configuration()))) {
            if (wanted.isEmpty() || wanted.stream().anyMatch(c.name()::contains)) {
                contestants.add(c);
            }
        }
        try (Stadium stadium = Stadium.open(new Workload(experiences, states, 6, 1), 2)) {
            for (int round = 0; round < rounds; round++) {
                for (Contestant contestant : contestants) {
                    System.gc();
                    Contestant.Run run = contestant.run(stadium);
                    System.out.printf(
                            Locale.ROOT, "%d %-16s %.3f M/s%n", round, contestant.name(), run.perSecond() / 1e6);
                }
            }
        }
        System.exit(0);
    }
}
