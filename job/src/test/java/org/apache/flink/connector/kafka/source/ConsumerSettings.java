package org.apache.flink.connector.kafka.source;

import java.util.Map;

/** Lies in Flink's package to see what its builder adds to the settings of the readers' consumers. */
public final class ConsumerSettings {
    private ConsumerSettings() {}

    /** The settings that the readers of a source give to their consumers. */
    public static Map<String, String> of(KafkaSource<?> source) {
        return source.getConfiguration().toMap();
    }
}
