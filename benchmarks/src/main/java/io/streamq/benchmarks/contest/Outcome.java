package io.streamq.benchmarks.contest;

import io.streamq.benchmarks.report.Machine;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a contest.
 *
 * @param kafkaStreamsGuarantee that of Kafka Streams, if it took part
 */
record Outcome(
        String benchmark,
        Machine machine,
        Setting setting,
        int rounds,
        @Nullable String kafkaStreamsGuarantee,
        List<Place> places) {

    /**
     * A contestant's result.
     *
     * @param ofBareJob its median relative to the bare job's; {@code null} if that did not take part
     * @param experiencesPerSecond in each round
     */
    record Place(
            String contestant,
            double median,
            double least,
            double most,
            @Nullable Double ofBareJob,
            List<Double> experiencesPerSecond) {}

    static List<Place> places(Map<String, List<Double>> perSecond) {
        List<Double> floor = perSecond.get(FlinkContestant.FLOOR.name());
        return perSecond.entrySet().stream()
                .map(each -> {
                    Figures figures = Figures.of(each.getValue());
                    return new Place(
                            each.getKey(),
                            figures.median(),
                            figures.least(),
                            figures.most(),
                            floor == null
                                    ? null
                                    : figures.median() / Figures.of(floor).median(),
                            each.getValue());
                })
                .toList();
    }
}
