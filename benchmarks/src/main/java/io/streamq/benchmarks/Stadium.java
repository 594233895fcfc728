package io.streamq.benchmarks;

import io.streamq.cli.TemporaryFolder;
import io.streamq.cli.broker.LocalBroker;
import io.streamq.cli.topics.TopicsCommand;
import io.streamq.schemas.Topics;
import java.io.IOException;

/** A broker whose experience topic holds a workload, for all contestants alike. */
record Stadium(LocalBroker broker, Workload workload, int parallelism, TemporaryFolder work) implements AutoCloseable {
    static Stadium open(Workload workload, int parallelism) throws IOException, InterruptedException {
        LocalBroker broker = LocalBroker.start();
        TopicsCommand.createDefaults(broker.bootstrapServers(), parallelism);
        workload.publish(broker.bootstrapServers(), Topics.EXPERIENCES, parallelism);
        return new Stadium(broker, workload, parallelism, TemporaryFolder.create("streamq-benchmark"));
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    @Override
    public void close() {
        broker.close();
        work.close();
    }
}
