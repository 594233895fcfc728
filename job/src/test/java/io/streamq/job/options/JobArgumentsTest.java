package io.streamq.job.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import java.util.List;
import org.junit.jupiter.api.Test;

class JobArgumentsTest {
    private static List<String> violationsOf(String... arguments) {
        try {
            JobArguments.parse(List.of(arguments));
            return List.of();
        } catch (InvalidOptionsException e) {
            return e.violations();
        }
    }

    @Test
    void aValueFollowsAnEqualsSignOrASpace() {
        assertThat(JobArguments.parse(List.of("--streamq.a=1", "--streamq.b", "2")))
                .containsExactly(entry("streamq.a", "1"), entry("streamq.b", "2"));
    }

    @Test
    void bootstrapServersIsShortForItsKey() {
        assertThat(JobArguments.parse(List.of("--bootstrap-servers", "a:1,b:2")))
                .containsExactly(entry("streamq.kafka.bootstrap-servers", "a:1,b:2"));
    }

    @Test
    void aValueMayBeNegativeEmptyOrHoldEqualsSigns() {
        assertThat(JobArguments.parse(List.of("--x", "-1", "--y=", "--z=a=b")))
                .containsExactly(entry("x", "-1"), entry("y", ""), entry("z", "a=b"));
    }

    @Test
    void anOptionWithoutAValueIsRefused() {
        assertThat(violationsOf("--streamq.a", "--streamq.b"))
                .containsExactly(
                        "--streamq.a has no value; write --streamq.a=VALUE",
                        "--streamq.b has no value; write --streamq.b=VALUE");
    }

    @Test
    void anOptionGivenTwiceIsRefusedEvenUnderItsShortName() {
        assertThat(violationsOf("--streamq.kafka.bootstrap-servers=a:1", "--bootstrap-servers=b:2"))
                .containsExactly("--bootstrap-servers is given twice");
    }

    @Test
    void whatIsNoOptionIsRefusedShowingHowOneLooks() {
        assertThat(violationsOf("actions=4"))
                .containsExactly("an option must look like --streamq.policy.discount=0.95: got 'actions=4'");
    }

    @Test
    void everythingThatIsWrongIsToldAtOnce() {
        assertThatExceptionOfType(InvalidOptionsException.class)
                .isThrownBy(() -> JobArguments.parse(List.of("x", "--a=1", "--a=2", "--b")))
                .satisfies(e -> assertThat(e.violations()).hasSize(3));
    }
}
