package io.streamq.cli.kafka;

import io.streamq.schemas.Topics;

/** The option of {@code streamq topics create} that overrides a topic's default name. */
public enum TopicOption {
    EXPERIENCES("--experiences-topic", Topics.EXPERIENCES),
    POLICY("--policy-topic", Topics.POLICY),
    CONTROL("--control-topic", Topics.CONTROL),
    CONTROL_STATUS("--control-status-topic", Topics.CONTROL_STATUS);

    private final String option;
    private final String defaultName;

    TopicOption(String option, String defaultName) {
        this.option = option;
        this.defaultName = defaultName;
    }

    /** The option with its value and a space before it; empty for the default name. */
    String naming(String topic) {
        return topic.equals(defaultName) ? "" : " " + option + " " + topic;
    }
}
