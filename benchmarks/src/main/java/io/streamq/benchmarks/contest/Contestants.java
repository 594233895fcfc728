package io.streamq.benchmarks.contest;

import io.streamq.benchmarks.contest.KafkaStreams.Guarantee;
import io.streamq.benchmarks.report.ReportOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Selects the contestants. */
final class Contestants {
    /** A contestant's name on the command line. */
    enum Name {
        PLAIN,
        FLOOR,
        STREAMQ,
        STREAMS
    }

    @Option(
            names = "--contestants",
            split = ",",
            paramLabel = "NAME",
            description = "Any of plain, floor, streamq and streams, comma-separated. Default: all; on a cluster"
                    + " floor,streamq")
    private Name @Nullable [] names;

    @Option(
            names = "--streams-guarantee",
            paramLabel = "at_least_once|exactly_once_v2",
            description = "Guarantee of Kafka Streams, whose stores are durable either way. Default: at_least_once")
    private Guarantee guarantee = Guarantee.AT_LEAST_ONCE;

    /** The chosen ones, in the order of their turns. */
    List<Contestant> on(Setting setting, ReportOptions command) {
        boolean here = setting.taskManagers() == 0;
        Set<Name> chosen = names == null
                ? here ? EnumSet.allOf(Name.class) : EnumSet.of(Name.FLOOR, Name.STREAMQ)
                : EnumSet.copyOf(Arrays.asList(names));
        command.require(
                here || (!chosen.contains(Name.PLAIN) && !chosen.contains(Name.STREAMS)),
                "--contestants plain and streams do not run on --taskmanagers: leave them out");
        List<Contestant> contestants = new ArrayList<>();
        for (Name name : chosen) {
            contestants.add(
                    switch (name) {
                        case PLAIN -> new PlainLoop();
                        case FLOOR -> FlinkContestant.FLOOR;
                        case STREAMQ -> FlinkContestant.PRODUCT;
                        case STREAMS -> new KafkaStreams(guarantee);
                    });
        }
        return contestants;
    }

    @Nullable
    Guarantee guaranteeAmong(List<Contestant> contestants) {
        return contestants.stream().anyMatch(KafkaStreams.class::isInstance) ? guarantee : null;
    }
}
