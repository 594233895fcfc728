package io.streamq.job.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.streamq.learning.Algorithm;
import io.streamq.learning.DoubleQLearning;
import io.streamq.learning.ExpectedSarsa;
import io.streamq.learning.LearningRate;
import io.streamq.learning.QLearning;
import io.streamq.learning.RewardTransform;
import io.streamq.learning.Sarsa;
import io.streamq.learning.SoftmaxExpectedSarsa;
import io.streamq.schemas.AlgorithmConfig;
import io.streamq.schemas.AlgorithmKind;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.EmissionConfig;
import io.streamq.schemas.LearningRateConfig;
import io.streamq.schemas.LearningRateSchedule;
import io.streamq.schemas.LimitsConfig;
import io.streamq.schemas.PolicyConfig;
import io.streamq.schemas.RewardConfig;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyRulesReaderTest {
    private static final AvroCodec<PolicyConfig> CODEC = AvroCodec.policyConfig();

    private static PolicyConfig.Builder fourActions() {
        return PolicyConfig.newBuilder().setActions(4);
    }

    private static PolicyConfig.Builder by(AlgorithmConfig.Builder algorithm) {
        return fourActions().setAlgorithmBuilder(algorithm);
    }

    private static PolicyConfig.Builder at(LearningRateConfig.Builder rate) {
        return fourActions().setLearningRateBuilder(rate);
    }

    private static PolicyConfig.Builder rewarded(RewardConfig.Builder reward) {
        return fourActions().setRewardBuilder(reward);
    }

    private static PolicyConfig.Builder announced(EmissionConfig.Builder emission) {
        return fourActions().setEmissionBuilder(emission);
    }

    private static PolicyConfig.Builder limited(LimitsConfig.Builder limits) {
        return fourActions().setLimitsBuilder(limits);
    }

    private static List<String> violationsOf(PolicyConfig.Builder config) {
        try {
            PolicyRulesReader.read(config.build());
            return List.of();
        } catch (InvalidPolicyException e) {
            return e.violations();
        }
    }

    @Test
    void aConfigurationThatOnlyCountsItsActionsHasTheDefaultsOfTheContract() throws Exception {
        PolicyRules rules = PolicyRulesReader.read(fourActions().build());
        assertThat(rules)
                .isEqualTo(new PolicyRules(
                        4,
                        0,
                        false,
                        0.99,
                        0,
                        new QLearning(),
                        rules.learningRate(),
                        RewardTransform.NONE,
                        EmissionRules.EACH_GREEDY_CHANGE,
                        RowLimits.DEFAULT));
        assertThat(rules.learningRate())
                .isInstanceOfSatisfying(LearningRate.Polynomial.class, rate -> assertThat(rate.omega())
                        .isEqualTo(0.7));
    }

    @Test
    void everyFieldIsReadIntoItsOwnRule() throws Exception {
        PolicyConfig config = PolicyConfig.newBuilder()
                .setActions(7)
                .setGeneration(1L << 40)
                .setFrozen(true)
                .setDiscount(0.5)
                .setInitialQ(-2.5)
                .setAlgorithmBuilder(AlgorithmConfig.newBuilder()
                        .setKind(AlgorithmKind.EXPECTED_SARSA)
                        .setEpsilon(0.25))
                .setLearningRateBuilder(LearningRateConfig.newBuilder()
                        .setSchedule(LearningRateSchedule.HARMONIC)
                        .setC(12))
                .setRewardBuilder(RewardConfig.newBuilder()
                        .setScale(0.01)
                        .setClipMin(-3.0)
                        .setClipMax(4.0))
                .setEmissionBuilder(EmissionConfig.newBuilder()
                        .setMargin(0.375)
                        .setMinimumVisits(6)
                        .setMinimumIntervalMillis(30)
                        .setValueTolerance(0.125)
                        .setHeartbeatMillis(540_000L))
                .setLimitsBuilder(LimitsConfig.newBuilder()
                        .setStateBytes(99)
                        .setRows(5000L)
                        .setTimeToLiveMillis(691_200_000L)
                        .setDuplicateWindow(16))
                .build();
        assertThat(PolicyRulesReader.read(config))
                .isEqualTo(new PolicyRules(
                        7,
                        1L << 40,
                        true,
                        0.5,
                        -2.5,
                        new ExpectedSarsa(0.25),
                        new LearningRate.Harmonic(12),
                        new RewardTransform(0.01, -3, 4),
                        new EmissionRules(0.375, 6, 30, 0.125, 540_000),
                        new RowLimits(99, 5000, 691_200_000, 16)));
    }

    static Stream<Arguments> algorithms() {
        return Stream.of(
                arguments(AlgorithmConfig.newBuilder().setKind(AlgorithmKind.Q_LEARNING), new QLearning()),
                arguments(AlgorithmConfig.newBuilder().setKind(AlgorithmKind.DOUBLE_Q_LEARNING), new DoubleQLearning()),
                arguments(AlgorithmConfig.newBuilder().setKind(AlgorithmKind.EXPECTED_SARSA), new ExpectedSarsa(0.1)),
                arguments(
                        AlgorithmConfig.newBuilder()
                                .setKind(AlgorithmKind.EXPECTED_SARSA)
                                .setTemperature(2.0),
                        new SoftmaxExpectedSarsa(2)),
                arguments(AlgorithmConfig.newBuilder().setKind(AlgorithmKind.SARSA), new Sarsa()));
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void eachAlgorithmIsChosenByItsKind(AlgorithmConfig.Builder config, Algorithm algorithm) throws Exception {
        assertThat(PolicyRulesReader.read(by(config).build()).algorithm()).isEqualTo(algorithm);
    }

    /** Every schedule's parameter is given; those that are not its own must not show. */
    @ParameterizedTest
    @CsvSource({"CONSTANT, 0.3", "POLYNOMIAL, 0.25", "HARMONIC, 0.4642857142857143", "SAMPLE_AVERAGE, 0.0625"})
    void eachScheduleTakesItsOwnParameter(LearningRateSchedule schedule, double rateOfThe16thVisit) throws Exception {
        LearningRateConfig.Builder rate = LearningRateConfig.newBuilder()
                .setSchedule(schedule)
                .setAlpha(0.3)
                .setOmega(0.5)
                .setC(12);
        assertThat(PolicyRulesReader.read(at(rate).build()).learningRate().at(16))
                .isEqualTo(rateOfThe16thVisit);
    }

    static Stream<Arguments> violations() {
        return Stream.of(
                arguments(fourActions().setActions(0), "actions must be in [1, 32768]: got 0"),
                arguments(fourActions().setActions(32_769), "actions must be in [1, 32768]: got 32769"),
                arguments(fourActions().setGeneration(-1), "generation must be at least 0: got -1"),
                arguments(fourActions().setDiscount(-0.1), "discount must be in [0, 1]: got -0.1"),
                arguments(fourActions().setDiscount(1.1), "discount must be in [0, 1]: got 1.1"),
                arguments(fourActions().setDiscount(Double.NaN), "discount must be in [0, 1]: got NaN"),
                arguments(
                        fourActions().setInitialQ(Double.NEGATIVE_INFINITY), "initialQ must be finite: got -Infinity"),
                arguments(fourActions().setInitialQ(Double.NaN), "initialQ must be finite: got NaN"),
                arguments(
                        by(AlgorithmConfig.newBuilder().setKind(AlgorithmKind.UNKNOWN)),
                        "algorithm.kind must be one that this release knows: Q_LEARNING, DOUBLE_Q_LEARNING,"
                                + " EXPECTED_SARSA or SARSA"),
                arguments(
                        by(AlgorithmConfig.newBuilder().setEpsilon(1.5)),
                        "algorithm.epsilon must be in [0, 1]: got 1.5"),
                arguments(
                        by(AlgorithmConfig.newBuilder().setTemperature(0.0)),
                        "algorithm.temperature must be greater than 0 and finite, or null: got 0.0"),
                arguments(
                        by(AlgorithmConfig.newBuilder().setTemperature(Double.POSITIVE_INFINITY)),
                        "algorithm.temperature must be greater than 0 and finite, or null: got Infinity"),
                arguments(
                        by(AlgorithmConfig.newBuilder().setLambda(0.9)),
                        "algorithm.lambda must be null: no algorithm of this release has traces: got 0.9"),
                arguments(
                        at(LearningRateConfig.newBuilder().setSchedule(LearningRateSchedule.UNKNOWN)),
                        "learningRate.schedule must be one that this release knows: CONSTANT, POLYNOMIAL, HARMONIC or"
                                + " SAMPLE_AVERAGE"),
                arguments(
                        at(LearningRateConfig.newBuilder().setAlpha(0)), "learningRate.alpha must be in (0, 1]: got 0"),
                arguments(
                        at(LearningRateConfig.newBuilder().setAlpha(1.5)),
                        "learningRate.alpha must be in (0, 1]: got 1.5"),
                arguments(
                        at(LearningRateConfig.newBuilder().setOmega(0)), "learningRate.omega must be in (0, 1]: got 0"),
                arguments(
                        at(LearningRateConfig.newBuilder().setOmega(Double.NaN)),
                        "learningRate.omega must be in (0, 1]: got NaN"),
                arguments(at(LearningRateConfig.newBuilder().setC(-1)), "learningRate.c must be at least 0: got -1"),
                arguments(
                        at(LearningRateConfig.newBuilder().setC(Double.POSITIVE_INFINITY)),
                        "learningRate.c must be at least 0"),
                arguments(
                        rewarded(RewardConfig.newBuilder().setScale(0)),
                        "reward.scale must be greater than 0 and finite: got 0.0"),
                arguments(
                        rewarded(RewardConfig.newBuilder().setScale(Double.POSITIVE_INFINITY)),
                        "reward.scale must be greater than 0 and finite: got Infinity"),
                arguments(
                        rewarded(RewardConfig.newBuilder().setClipMin(1.0).setClipMax(0.5)),
                        "reward.clipMin must be at most reward.clipMax=0.5: got 1.0"),
                arguments(
                        rewarded(RewardConfig.newBuilder().setClipMin(Double.NaN)),
                        "reward.clipMin must be finite, or null: got NaN"),
                arguments(
                        rewarded(RewardConfig.newBuilder().setClipMin(Double.POSITIVE_INFINITY)),
                        "reward.clipMin must be finite, or null: got Infinity"),
                arguments(
                        rewarded(RewardConfig.newBuilder().setClipMax(Double.NEGATIVE_INFINITY)),
                        "reward.clipMax must be finite, or null: got -Infinity"),
                arguments(
                        announced(EmissionConfig.newBuilder().setMargin(-0.5)),
                        "emission.margin must be at least 0: got -0.5"),
                arguments(
                        announced(EmissionConfig.newBuilder().setMargin(Double.POSITIVE_INFINITY)),
                        "emission.margin must be at least 0"),
                arguments(
                        announced(EmissionConfig.newBuilder().setMinimumVisits(0)),
                        "emission.minimumVisits must be at least 1: got 0"),
                arguments(
                        announced(EmissionConfig.newBuilder().setMinimumIntervalMillis(-1)),
                        "emission.minimumIntervalMillis must be in [0, 3155760000000]: got -1"),
                arguments(
                        announced(EmissionConfig.newBuilder().setMinimumIntervalMillis(Long.MAX_VALUE)),
                        "emission.minimumIntervalMillis must be in [0, 3155760000000]: got 9223372036854775807"),
                arguments(
                        announced(EmissionConfig.newBuilder().setValueTolerance(-0.5)),
                        "emission.valueTolerance must be at least 0, or null: got -0.5"),
                arguments(
                        announced(EmissionConfig.newBuilder().setHeartbeatMillis(999L)),
                        "emission.heartbeatMillis must be at least 1000, or null: got 999"),
                arguments(
                        limited(LimitsConfig.newBuilder().setStateBytes(0)),
                        "limits.stateBytes must be in [1, 65536]: got 0"),
                arguments(
                        limited(LimitsConfig.newBuilder().setStateBytes(65_537)),
                        "limits.stateBytes must be in [1, 65536]: got 65537"),
                arguments(
                        limited(LimitsConfig.newBuilder().setRows(0L)),
                        "limits.rows must be at least 1, or null: got 0"),
                arguments(
                        limited(LimitsConfig.newBuilder().setTimeToLiveMillis(999L)),
                        "limits.timeToLiveMillis must be at least 1000, or null: got 999"),
                arguments(
                        limited(LimitsConfig.newBuilder().setDuplicateWindow(-1)),
                        "limits.duplicateWindow must be in [0, 4096]: got -1"),
                arguments(
                        limited(LimitsConfig.newBuilder().setDuplicateWindow(4097)),
                        "limits.duplicateWindow must be in [0, 4096]: got 4097"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("violations")
    void whatCannotBeIsRefusedNamingFieldRuleAndValue(PolicyConfig.Builder config, String sentence) {
        assertThat(violationsOf(config)).singleElement().asString().startsWith(sentence);
    }

    @Test
    void watkinsQLambdaIsRefusedSayingWhyAndWhatToDoInstead() {
        assertThat(violationsOf(by(AlgorithmConfig.newBuilder().setKind(AlgorithmKind.WATKINS_Q_LAMBDA))))
                .containsExactly("algorithm.kind WATKINS_Q_LAMBDA cannot be exact where states live on different shards"
                        + " (docs/adr/0007-no-traces-on-shards.md): let the agents send n-step returns"
                        + " (NStepReturns of the agent library) to Q_LEARNING instead");
    }

    @Test
    void allViolationsAreToldTogether() {
        PolicyConfig.Builder config = at(LearningRateConfig.newBuilder().setAlpha(0))
                .setActions(-1)
                .setDiscount(2)
                .setLimitsBuilder(LimitsConfig.newBuilder().setRows(-1L));
        assertThat(violationsOf(config))
                .satisfiesExactly(
                        each -> assertThat(each).startsWith("actions "),
                        each -> assertThat(each).startsWith("discount "),
                        each -> assertThat(each).startsWith("learningRate.alpha "),
                        each -> assertThat(each).startsWith("limits.rows "));
        assertThatExceptionOfType(InvalidPolicyException.class)
                .isThrownBy(() -> PolicyRulesReader.read(config.build()))
                .withMessageContainingAll("actions", "; discount", "; learningRate.alpha", "; limits.rows");
    }

    @Test
    void aConfigurationIsReadFromItsBytes() throws Exception {
        PolicyConfig config = fourActions().setDiscount(0.5).build();
        assertThat(PolicyRulesReader.read(CODEC.encode(config)).discount()).isEqualTo(0.5);
    }

    @Test
    void bytesThatAreNoConfigurationAreRefusedWithASentence() {
        assertThatExceptionOfType(InvalidPolicyException.class)
                .isThrownBy(() -> PolicyRulesReader.read("{\"actions\":4}".getBytes(StandardCharsets.UTF_8)))
                .withMessage("the value must be a single-object encoded PolicyConfig: it does not begin with C3 01 and"
                        + " an 8-byte schema fingerprint, length 13 bytes");
    }

    /** A record of the control topic must never stop the job. */
    @Test
    void whateverTheBytesAreTheyAreReadOrRefused() {
        long seed = System.nanoTime();
        System.out.println("PolicyRulesReaderTest seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        byte[] valid =
                CODEC.encode(rewarded(RewardConfig.newBuilder().setClipMin(-1.0).setClipMax(1.0))
                        .setLimitsBuilder(LimitsConfig.newBuilder().setRows(5000L))
                        .build());
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated = Arrays.copyOf(valid, random.nextInt(4) == 0 ? random.nextInt(valid.length) : valid.length);
            for (int changes = random.nextInt(3); changes >= 0 && mutated.length > 10; changes--) {
                mutated[10 + random.nextInt(mutated.length - 10)] = (byte) random.nextInt(256);
            }
            try {
                PolicyRulesReader.read(mutated);
            } catch (InvalidPolicyException e) {
                assertThat(e.violations()).isNotEmpty();
                refused++;
            }
        }
        assertThat(refused).isBetween(1000, 19_000);
    }

    @Test
    void oneOverNIsValidAndWarnedOf() {
        assertThat(PolicyRulesReader.warnings(
                        at(LearningRateConfig.newBuilder().setSchedule(LearningRateSchedule.SAMPLE_AVERAGE))
                                .build()))
                .singleElement()
                .asString()
                .startsWith("learningRate.schedule SAMPLE_AVERAGE (1/n) is exponentially slow in 1/(1-discount)"
                        + " (Even-Dar and Mansour 2003)");
    }

    @ParameterizedTest
    @CsvSource({
        "POLYNOMIAL, 0.4, 1",
        "POLYNOMIAL, 0.5, 1",
        "POLYNOMIAL, 0.51, 0",
        "POLYNOMIAL, 1, 0",
        "CONSTANT, 0.4, 0"
    })
    void anExponentThatDoesNotSettleIsValidAndWarnedOf(LearningRateSchedule schedule, double omega, int warnings) {
        PolicyConfig.Builder config =
                at(LearningRateConfig.newBuilder().setSchedule(schedule).setOmega(omega));
        assertThat(violationsOf(config)).isEmpty();
        assertThat(PolicyRulesReader.warnings(config.build())).hasSize(warnings).allSatisfy(warning -> assertThat(
                        warning)
                .startsWith("learningRate.omega at or below 1/2 does not settle"));
    }

    @Test
    void theDefaultsAreWarnedOfNothing() {
        assertThat(PolicyRulesReader.warnings(fourActions().build())).isEmpty();
    }
}
