package io.streamq.cli.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import io.streamq.schemas.Experience;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {
    private static final Experience STEP = Experience.newBuilder()
            .setState("s")
            .setAction(0)
            .setReward(0)
            .setTerminated(true)
            .build();

    private final AtomicLong published = new AtomicLong();
    private final AtomicLong learnt = new AtomicLong();

    @Test
    void noMoreThanAllowedAreOnTheWay() throws InterruptedException {
        ClosedLoop loop = new ClosedLoop(step -> published.incrementAndGet(), learnt::get, 3);
        Thread agent = new Thread(() -> {
            try {
                while (true) {
                    loop.publish(STEP);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        agent.start();
        await().until(() -> published.get() == 3);
        learnt.set(10);
        await().until(() -> published.get() == 13);
        agent.interrupt();
        agent.join();
        assertThat(published).hasValue(13);
    }

    @Test
    void noneOnTheWayWouldBeADeadlock() {
        assertThatIllegalArgumentException().isThrownBy(() -> new ClosedLoop(step -> {}, learnt::get, 0));
    }
}
