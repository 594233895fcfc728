package io.streamq.job.kafka;

import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets Flink's enumerator fail to discover partitions. By itself it fails the job if Kafka does not answer once, while readers and sinks
 * would wait until it is back.
 */
final class PatientDiscovery extends ForwardingContext {
    private static final Logger LOG = LoggerFactory.getLogger(PatientDiscovery.class);

    private final String topic;
    /** Whether Kafka has answered before: a job that never found its partitions cannot start. */
    private boolean hasAnswered;

    PatientDiscovery(String topic, SplitEnumeratorContext<KafkaPartitionSplit> context) {
        super(context);
        this.topic = topic;
    }

    /** The periodic call of Flink's enumerator is partition discovery. */
    @Override
    public <T> void callAsync(
            Callable<T> callable, BiConsumer<T, Throwable> handler, long initialDelayMillis, long periodMillis) {
        super.callAsync(
                callable,
                (partitions, failure) -> {
                    if (failure != null && hasAnswered && isAway(failure)) {
                        LOG.warn(
                                "Looking for new partitions of {} failed and will be retried in {} ms: {}",
                                topic,
                                periodMillis,
                                failure.toString());
                    } else {
                        hasAnswered = failure == null;
                        handler.accept(partitions, failure);
                    }
                },
                initialDelayMillis,
                periodMillis);
    }

    /** Whether the brokers do not answer; a missing topic is an error. */
    private static boolean isAway(Throwable failure) {
        return ExceptionUtils.findThrowable(failure, RetriableException.class).isPresent()
                && ExceptionUtils.findThrowable(failure, UnknownTopicOrPartitionException.class)
                        .isEmpty();
    }
}
