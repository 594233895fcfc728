package io.streamq.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.metrics.StreamQMetrics;
import io.streamq.job.options.StreamQOptions;
import io.streamq.job.record.Rejection;
import io.streamq.schemas.DeadLetterHeaders;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.runtime.metrics.MetricNames;
import org.junit.jupiter.api.Test;

/** {@code docs/operations.md} is written by hand; here it is held to the code. */
class OperationsPageTest {
    private static final Path PAGE = Path.of(System.getProperty("basedir", "job"), "..", "docs", "operations.md");
    /** Constants that are parts of names. */
    private static final Set<String> PARTS = Set.of("GROUP", "DEAD_LETTER_REASON", "DEAD_LETTER_COUNT", "POLICY");

    @Test
    void everyMetricHasARow() throws IOException {
        assertThat(firstCells("metric"))
                .containsExactlyInAnyOrderElementsOf(constants(StreamQMetrics.class)
                        .filter(field -> !PARTS.contains(field.getName()))
                        .map(OperationsPageTest::value)
                        .toList());
    }

    @Test
    void everyRejectionHasARow() throws IOException {
        assertThat(firstCells("code"))
                .containsExactlyElementsOf(
                        Arrays.stream(Rejection.values()).map(Enum::name).toList());
    }

    @Test
    void everyHeaderOfADeadLetterIsNamed() throws IOException {
        String page = Files.readString(PAGE);
        assertThat(constants(DeadLetterHeaders.class).map(OperationsPageTest::value))
                .allSatisfy(header -> assertThat(page).contains('`' + header + '`'));
    }

    /** Flink's names; what they measure of a job goes with the job, but for the first. */
    @Test
    void theAlarmThatTheJobDoesNotRunIsOfAMetricThatOutlivesIt() throws IOException {
        String inPrometheus = "flink_jobmanager_" + MetricNames.NUM_RUNNING_JOBS;
        assertThat(firstRow("alarm")).contains('`' + MetricNames.NUM_RUNNING_JOBS + '`', '`' + inPrometheus + '`');
        assertThat(Files.readString(PAGE)).contains("sum(" + inPrometheus + ") < 1 or absent(" + inPrometheus + ")");
    }

    @Test
    void theAlarmBesideOtherJobsIsOfAMetricOfThisOne() throws IOException {
        assertThat(Files.readString(PAGE))
                .contains("absent(flink_jobmanager_job_" + MetricNames.NUM_RESTARTS + "{job_name=\"" + StreamQJob.NAME
                        + "\"})");
    }

    private static String firstRow(String head) throws IOException {
        return Files.readAllLines(PAGE).stream()
                .dropWhile(line -> !line.startsWith("| " + head + " |"))
                .skip(2)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyOptionThatIsNamedExists() throws IOException {
        List<String> named = Pattern.compile(
                        "streamq\\.(?:policy|policies|emission|limits|job|source\\.end)[a-z.-]*[a-z]")
                .matcher(Files.readString(PAGE))
                .results()
                .map(MatchResult::group)
                .toList();
        assertThat(named).isNotEmpty();
        assertThat(StreamQOptions.all().stream().map(ConfigOption::key)).containsAll(named);
    }

    private static Stream<Field> constants(Class<?> type) {
        return Arrays.stream(type.getFields());
    }

    private static String value(Field constant) {
        try {
            return (String) constant.get(null);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    /** The code in the first column of the table whose head begins so. */
    private static List<String> firstCells(String head) throws IOException {
        return Files.readAllLines(PAGE).stream()
                .dropWhile(line -> !line.startsWith("| " + head + " |"))
                .skip(2)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> line.split("`", 3)[1])
                .toList();
    }
}
