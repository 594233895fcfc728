package io.streamq.job.learn;

import static io.streamq.job.policy.PolicyConfigs.control;
import static io.streamq.job.policy.PolicyConfigs.halfway;
import static org.assertj.core.api.Assertions.assertThat;

import io.streamq.job.record.PolicyControl;
import java.util.List;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.state.OperatorStateStore;
import org.apache.flink.core.fs.CloseableRegistry;
import org.apache.flink.runtime.state.DefaultOperatorStateBackendBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a later release makes of what an earlier one saved. */
class ConfigurationsTest {
    private OperatorStateStore store;

    @BeforeEach
    void nothingIsSaved() throws Exception {
        store = new DefaultOperatorStateBackendBuilder(
                        getClass().getClassLoader(), new ExecutionConfig(), false, List.of(), new CloseableRegistry())
                .build();
    }

    @Test
    void whatAnEarlierReleaseRefusedStaysRefusedThoughItIsValid() throws Exception {
        PolicyControl refused = control("p", halfway().setGeneration(1));
        new Configurations(store, List.of(control("p", halfway()))).noteRefused(refused);

        Configurations restored = new Configurations(store, List.of());
        assertThat(restored.all()).doesNotContain(refused).hasSize(1);
        assertThat(restored.refused()).singleElement().satisfies(told -> {
            assertThat(told.control()).isEqualTo(refused);
            assertThat(told.violations()).singleElement().asString().startsWith("an earlier release refused it");
            assertThat(told.isNew()).isFalse();
        });
    }
}
