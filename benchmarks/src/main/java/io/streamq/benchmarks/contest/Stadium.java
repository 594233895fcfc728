package io.streamq.benchmarks.contest;

import io.streamq.benchmarks.workload.Visits;
import io.streamq.cli.broker.LocalBroker;
import io.streamq.cli.program.TemporaryFolder;
import io.streamq.cli.topics.TopicsCommand;
import io.streamq.schemas.Topics;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A broker whose experience topic holds a workload, the same for all contestants, and a Flink to run
 * on.
 *
 * @param published the visits in the table of a contestant that learns from all of it
 */
record Stadium(Setting setting, LocalBroker broker, FlinkHost flink, Visits published, TemporaryFolder work)
        implements AutoCloseable {
    static Stadium open(Setting setting) throws IOException, InterruptedException {
        TemporaryFolder work = TemporaryFolder.create("streamq-benchmark");
        FlinkHost flink = null;
        LocalBroker broker = null;
        try {
            flink = setting.taskManagers() == 0
                    ? new FlinkHere(setting, work.path())
                    : FlinkCluster.start(setting, work.path());
            Path log = work.path().resolve("kafka");
            broker = LocalBroker.start(log, LocalBroker.Compaction.AT_LEISURE);
            TopicsCommand.createDefaults(broker.bootstrapServers(), setting.parallelism() * (1 + setting.repeats()));
            Visits published =
                    setting.workload().publish(broker.bootstrapServers(), Topics.EXPERIENCES, setting::timesRead);
            if (setting.repeats() > 0) {
                RepeatedLog repeated = new RepeatedLog(log, Topics.EXPERIENCES, setting.parallelism());
                broker.close();
                repeated.repeat(setting.repeats());
                broker = LocalBroker.start(log, LocalBroker.Compaction.AT_LEISURE);
                repeated.beginApart(broker.bootstrapServers(), setting.repeats(), setting.apart());
            }
            return new Stadium(setting, broker, flink, published, work);
        } catch (Throwable e) { // also if memory runs out
            close(flink, broker, work);
            throw e;
        }
    }

    String bootstrapServers() {
        return broker.bootstrapServers();
    }

    @Override
    public void close() {
        close(flink, broker, work);
    }

    private static void close(@Nullable FlinkHost flink, @Nullable LocalBroker broker, TemporaryFolder work) {
        if (flink != null) {
            flink.close();
        }
        if (broker != null) {
            broker.close();
        }
        work.close();
    }
}
