package io.streamq.job.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.ParameterizedType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.description.HtmlFormatter;
import org.apache.flink.util.TimeUtils;
import org.junit.jupiter.api.Test;

/** Writes {@code docs/configuration.md} on request, and fails when it is stale. */
class ConfigurationPageTest {
    private static final Path PAGE = Path.of(System.getProperty("basedir", "job"), "..", "docs", "configuration.md");

    private static final String COMMAND = "mvn -q -pl job -am test -Dtest=ConfigurationPageTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dstreamq.docs.write=true";

    private static final String INTRODUCTION = """
        # Configuration of the job

        <!-- Generated from StreamQOptions.java; do not edit. Regenerate with
        %s
        -->

        Options are given to the job on its command line, as `--key=value` or `--key value`:

        ```
        flink run streamq-job.jar --bootstrap-servers broker:9092 --streamq.policy.actions 4
        ```

        `--bootstrap-servers` is short for `--streamq.kafka.bootstrap-servers`. Only that and `streamq.policy.actions` are
        required; with `streamq.policies.unknown=REJECT` only the former. The job starts only if all options are valid, and
        otherwise reports all errors at once. An unknown key is an error that names the nearest known one. Durations are
        written as `250 ms`, `10 s` or `15 min`, memory sizes as `32 mb`.

        `streamq.policy.*`, `streamq.emission.*` and `streamq.limits.*` apply to policies that nobody configured on the
        control topic. A configuration there has the same settings for one policy, under the names of its schema: without
        `streamq.` and `policy.`, in camelCase, with times in milliseconds, and `null` for none. For example,
        `streamq.emission.minimum-interval` is `emission.minimumIntervalMillis` there. The algorithm is a group:
        `streamq.policy.algorithm`, `.epsilon` and `.temperature` are `algorithm.kind`, `algorithm.epsilon` and
        `algorithm.temperature`. `./streamq config fields` lists them all.

        Settings of a Flink cluster as a whole (state backend, checkpoint storage, memory, restart strategy) belong in
        Flink's configuration, not the job's. The job sets some options of Flink itself. Where a row says "unless set",
        Flink's configuration takes precedence: the client's with `flink run`, the JobManager's in application mode.

        | option of Flink | the job sets it | to |
        | --- | --- | --- |
        | `execution.runtime-mode` | always; it does not start in batch mode | `STREAMING` |
        | `pipeline.generic-types` | always | `false` |
        | `pipeline.auto-generate-uids` | always | `false` |
        | `pipeline.object-reuse` | always | `true` |
        | `pipeline.max-parallelism` | always | `streamq.job.max-parallelism` |
        | `parallelism.default` | if that option is given | `streamq.job.parallelism` |
        | `execution.checkpointing.interval` | always; the cluster's is ignored | `streamq.job.checkpoint-interval` |
        | `execution.checkpointing.mode` | always | `EXACTLY_ONCE` |
        | `execution.checkpointing.min-pause` | unless set | half of the interval |
        | `execution.checkpointing.tolerable-failed-checkpoints` | unless set | so many that none restarts the job |
        | `execution.checkpointing.snapshot-compression` | unless set | `false` if `state.backend.type` is set to `hashmap`, whose rows come packed; otherwise `true` |
        | `execution.buffer-timeout.interval` | unless set | what `streamq.job.tuning` says |
        """;

    private static final String CLIENT_SETTINGS = """

        Every `%s*` setting is passed to all Kafka clients of the job (consumer, producer, admin) unchanged, without
        the prefix: `--streamq.kafka.client.security.protocol=SASL_SSL`. Consumers read committed records only, unless
        `streamq.kafka.client.isolation.level` says otherwise.
        """.formatted(StreamQOptions.KAFKA_CLIENT_PREFIX);

    @Test
    void theConfigurationPageIsWhatTheOptionsSay() throws Exception {
        String page = page();
        if (Boolean.getBoolean("streamq.docs.write")) {
            Files.createDirectories(PAGE.getParent());
            Files.writeString(PAGE, page);
        }
        assertThat(current())
                .as("docs/configuration.md is stale; regenerate it with%n%s%n", COMMAND)
                .isEqualTo(page);
    }

    private static String current() throws IOException {
        return Files.exists(PAGE) ? Files.readString(PAGE) : "";
    }

    private static String page() throws ReflectiveOperationException {
        StringBuilder page = new StringBuilder(INTRODUCTION.formatted(COMMAND));
        String section = "";
        for (Field field : StreamQOptions.class.getFields()) {
            if (field.getType() != ConfigOption.class) {
                continue;
            }
            ConfigOption<?> option = (ConfigOption<?>) field.get(null);
            if (!sectionOf(option).equals(section)) {
                section = sectionOf(option);
                page.append("\n## ").append(section).append("\n\n");
                page.append("| key | type | default | description |\n| --- | --- | --- | --- |\n");
            }
            page.append("| `%s` | %s | %s | %s |%n"
                    .formatted(option.key(), typeOf(field), defaultOf(option), descriptionOf(option)));
        }
        int afterKafka = page.indexOf("\n## topics");
        return page.insert(afterKafka, CLIENT_SETTINGS).toString();
    }

    /** {@code policy} of {@code streamq.policy.learning-rate.c}. */
    private static String sectionOf(ConfigOption<?> option) {
        return option.key().split("\\.", 3)[1];
    }

    private static String typeOf(Field field) {
        Class<?> type = (Class<?>) ((ParameterizedType) field.getGenericType()).getActualTypeArguments()[0];
        return type.isEnum() ? "enum" : type.getSimpleName().toLowerCase(Locale.ROOT);
    }

    private static String defaultOf(ConfigOption<?> option) {
        if (!option.hasDefaultValue()) {
            return "none";
        }
        Object value = option.defaultValue();
        return '`' + (value instanceof Duration time ? TimeUtils.formatWithHighestUnit(time) : value.toString()) + '`';
    }

    private static String descriptionOf(ConfigOption<?> option) {
        return Arrays.stream(new HtmlFormatter().format(option.description()).split("\n"))
                .map(String::strip)
                .collect(Collectors.joining(" "));
    }
}
