package io.streamq.job.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.streamq.job.record.Packs;
import io.streamq.job.record.Rejection;
import io.streamq.job.record.SourceRecord;
import io.streamq.job.record.StateKey;
import io.streamq.job.record.Transition;
import io.streamq.job.record.TransitionBatch;
import io.streamq.job.rejection.RejectedException;
import io.streamq.learning.ActionSet;
import io.streamq.learning.GreedyChoice;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.EncodedExperience;
import io.streamq.schemas.Experience;
import io.streamq.schemas.XxHash64;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExperienceDecoderTest {
    private static final int ACTIONS = 70;
    /** Longer than any policy lets a state be. */
    private static final String TOO_LONG = "x".repeat(65_537);

    private static final AvroCodec<Experience> CODEC = AvroCodec.experience();

    private final ExperienceDecoder decoder = new ExperienceDecoder();

    private static Experience.Builder step() {
        return Experience.newBuilder()
                .setPolicyId("lake")
                .setState("s")
                .setAction(2)
                .setReward(-1.5)
                .setNextState("t")
                .setTerminated(false);
    }

    private static SourceRecord record(Experience.Builder experience) {
        return record(CODEC.encode(experience.build()));
    }

    private static SourceRecord record(byte @Nullable [] value) {
        return new SourceRecord(3, 41, 1_700_000_000_000L, null, value);
    }

    private Transition decode(Experience.Builder experience) throws RejectedException {
        return decode(record(experience));
    }

    private Transition decode(SourceRecord source) throws RejectedException {
        return Transition.at(decoded(source));
    }

    /** A batch that stands at it, on the first hop. */
    private TransitionBatch decoded(SourceRecord source) throws RejectedException {
        TransitionBatch batch = new TransitionBatch();
        decoder.decode(Packs.at(source));
        decoder.addTo(batch);
        if (decoder.bootstraps()) {
            batch.addNextState(decoder.nextState());
        }
        assertThat(batch.next()).isTrue();
        return batch;
    }

    @Test
    void aMinimalExperienceLeavesTheRestToThePolicy() throws Exception {
        SourceRecord source = record(step());
        Transition transition = decode(source);
        assertThat(transition.state()).isEqualTo(StateKey.of("lake", "s"));
        assertThat(transition.nextState()).isEqualTo(StateKey.of("lake", "t"));
        assertThat(transition.action()).isEqualTo(2);
        assertThat(transition.reward()).isEqualTo(-1.5);
        assertThat(transition.discount()).isNaN();
        assertThat(transition.legalActions()).isNull();
        assertThat(transition.nextAction()).isEqualTo(GreedyChoice.NONE);
        assertThat(transition.source()).usingRecursiveComparison().isEqualTo(source);
    }

    @Test
    void aTerminatedStepNeedsNoNextState() throws Exception {
        Transition transition = decode(step().setNextState(null).setTerminated(true));
        assertThat(transition.nextState()).isNull();
    }

    @Test
    void aTerminatedStepIgnoresItsNextState() throws Exception {
        for (String nextState : List.of("t", "", TOO_LONG)) {
            Transition transition = decode(step().setNextState(nextState).setTerminated(true));
            assertThat(transition.nextState()).isNull();
        }
    }

    @Test
    void aTruncatedStepStillBootstraps() throws Exception {
        assertThat(decode(step().setTruncated(true)).nextState()).isEqualTo(StateKey.of("lake", "t"));
    }

    @Test
    void terminatedWinsOverTruncated() throws Exception {
        assertThat(decode(step().setTruncated(true).setTerminated(true)).nextState())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.81, 1})
    void anExperienceMayBringItsOwnDiscount(double discount) throws Exception {
        assertThat(decode(step().setDiscount(discount)).discount()).isEqualTo(discount);
    }

    @Test
    void legalActionsBecomeBits() throws Exception {
        assertThat(decode(step().setLegalActions(List.of(69, 2, 0))).legalActions())
                .isEqualTo(ActionSet.of(ACTIONS, 0, 2, 69));
    }

    /** Whether it is an action of the policy, and whether the policy cares, is for LEARN to say. */
    @ParameterizedTest
    @ValueSource(ints = {0, 5, 70_000, -2})
    void theNextActionTravelsAsItWasSent(int nextAction) throws Exception {
        assertThat(decode(step().setNextAction(nextAction)).nextAction()).isEqualTo(nextAction);
    }

    @Test
    void aTerminatedStepIgnoresItsNextAction() throws Exception {
        assertThat(decode(step().setTerminated(true).setNextAction(-5)).nextAction())
                .isEqualTo(GreedyChoice.NONE);
    }

    @Test
    void aStateIsMeasuredInBytesOfUtf8() throws Exception {
        String longest = "ä".repeat(32_768);
        assertThat(decode(step().setState(longest)).state().state()).isEqualTo(longest);
        assertRejected(step().setState(longest + "x"), Rejection.STATE_TOO_LONG, "got 65537");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "Az09._-", "0123456789012345678901234567890123456789012345678901234567890123"})
    void aPolicyIdMayHoldLettersDigitsDotUnderscoreAndDash(String policyId) throws Exception {
        assertThat(decode(step().setPolicyId(policyId)).state().policyId()).isEqualTo(policyId);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a/b", "a b", "ä", "a\n", "01234567890123456789012345678901234567890123456789012345678901234"
            })
    void anyOtherPolicyIdIsRejected(String policyId) {
        assertRejected(step().setPolicyId(policyId), Rejection.POLICY_ID_INVALID, "[A-Za-z0-9._-]");
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("rejected")
    void whatCannotBeLearntFromIsRejectedWithACodeAndASentence(
            Rejection rejection, SourceRecord source, String sentence) {
        assertThatExceptionOfType(RejectedException.class)
                .isThrownBy(() -> decode(source))
                .withMessageContaining(sentence)
                .extracting(RejectedException::rejection)
                .isEqualTo(rejection);
    }

    @Test
    void everyRejectionOfDecodingIsAmongThem() {
        Set<Object> covered = rejected().map(arguments -> arguments.get()[0]).collect(Collectors.toSet());
        assertThat(covered)
                .isEqualTo(EnumSet.complementOf(EnumSet.of(
                        Rejection.NEXT_ACTION_MISSING,
                        Rejection.NEXT_ACTION_OUT_OF_RANGE,
                        Rejection.POLICY_UNKNOWN,
                        Rejection.POLICY_CONFIG_INVALID,
                        Rejection.UPDATE_NOT_FINITE)));
    }

    static Stream<Arguments> rejected() {
        byte[] unknownSchema = CODEC.encode(step().build());
        unknownSchema[2]++;
        byte[] cut = Arrays.copyOf(CODEC.encode(step().build()), 20);
        return Stream.of(
                arguments(Rejection.VALUE_MISSING, record((byte[]) null), "the record is a tombstone"),
                arguments(
                        Rejection.NOT_AVRO,
                        record("{\"state\":1}".getBytes(StandardCharsets.UTF_8)),
                        "does not begin with C3 01"),
                arguments(Rejection.NOT_AVRO, record(cut), "must be a single-object encoded Experience: it"),
                arguments(Rejection.UNKNOWN_SCHEMA, record(unknownSchema), "that no release of StreamQ knows"),
                arguments(
                        Rejection.POLICY_ID_INVALID,
                        record(step().setPolicyId("größe")),
                        "policyId must have 1 to 64 characters of [A-Za-z0-9._-]: got 7 bytes of UTF-8"),
                arguments(Rejection.STATE_EMPTY, record(step().setState("")), "state must not be empty"),
                arguments(Rejection.STATE_EMPTY, record(step().setNextState("")), "nextState must not be empty"),
                arguments(
                        Rejection.STATE_TOO_LONG,
                        record(step().setState(TOO_LONG)),
                        "state must have at most 65536 bytes of UTF-8: got 65537"),
                arguments(
                        Rejection.STATE_TOO_LONG,
                        record(step().setNextState(TOO_LONG)),
                        "nextState must have at most 65536 bytes of UTF-8: got 65537"),
                arguments(
                        Rejection.NEXT_STATE_MISSING,
                        record(step().setNextState(null)),
                        "nextState may be null only when terminated is true"),
                arguments(
                        Rejection.REWARD_NOT_FINITE,
                        record(step().setReward(Double.NaN)),
                        "reward must be finite: got NaN"),
                arguments(
                        Rejection.REWARD_NOT_FINITE,
                        record(step().setReward(Double.NEGATIVE_INFINITY)),
                        "reward must be finite: got -Infinity"),
                arguments(
                        Rejection.ACTION_OUT_OF_RANGE,
                        record(step().setAction(32_768)),
                        "action must be in [0, 32768): got 32768"),
                arguments(
                        Rejection.ACTION_OUT_OF_RANGE,
                        record(step().setAction(-1)),
                        "action must be in [0, 32768): got -1"),
                arguments(
                        Rejection.ACTION_NOT_LEGAL,
                        record(step().setLegalActions(List.of(0, 66))), // bit 2 of the second word is not bit 2
                        "action must be one of the experience's own legalActions: got 2"),
                arguments(
                        Rejection.LEGAL_ACTIONS_INVALID,
                        record(step().setLegalActions(List.of())),
                        "legalActions must name an action: it is empty"),
                arguments(
                        Rejection.LEGAL_ACTIONS_INVALID,
                        record(step().setLegalActions(List.of(2, 32_768))),
                        "legalActions must be in [0, 32768): got 32768"),
                arguments(
                        Rejection.DISCOUNT_OUT_OF_RANGE,
                        record(step().setDiscount(1.01)),
                        "discount must be in [0, 1]: got 1.01"),
                arguments(
                        Rejection.DISCOUNT_OUT_OF_RANGE,
                        record(step().setDiscount(Double.NaN)),
                        "discount must be in [0, 1]: got NaN"));
    }

    private void assertRejected(Experience.Builder experience, Rejection rejection, String sentence) {
        assertThatExceptionOfType(RejectedException.class)
                .isThrownBy(() -> decode(experience))
                .withMessageContaining(sentence)
                .extracting(RejectedException::rejection)
                .isEqualTo(rejection);
    }

    @Test
    void copiesOfAnExperienceHaveOneIdentity() throws Exception {
        byte[] value = CODEC.encode(identified(1, 17).build());
        long identity = decode(new SourceRecord(0, 1, 0, null, value)).identity();
        assertThat(decode(new SourceRecord(7, 99, 5, null, value)).identity()).isEqualTo(identity);
    }

    @Test
    void aRecordThatTellsNoIdentityHasThatOfItsPlaceWheneverItIsRead() throws Exception {
        byte[] value = CODEC.encode(step().build());
        long identity = decode(new SourceRecord(0, 1, 0, null, value)).identity();
        assertThat(decode(new SourceRecord(0, 1, 9, null, value)).identity()).isEqualTo(identity);
        assertThat(decode(new SourceRecord(0, 2, 0, null, value)).identity()).isNotEqualTo(identity);
        assertThat(decode(new SourceRecord(1, 1, 0, null, value)).identity()).isNotEqualTo(identity);
    }

    @Test
    void recordsThatTellNoIdentityAreToldApartByTheirPlaces() throws Exception {
        byte[] value = CODEC.encode(step().build());
        Set<Long> identities = new HashSet<>();
        for (int partition = 0; partition < 100; partition++) {
            for (long offset : new long[] {0, 1, 2, 31, 32, 1_000, 1_001, 1L << 32, (1L << 44) - 1}) {
                identities.add(decode(new SourceRecord(partition, offset, 0, null, value))
                        .identity());
            }
        }
        assertThat(identities).hasSize(100 * 9);
    }

    @Test
    void aRecordIsHadBackByteForByteHoweverItTravels() throws Exception {
        byte[] longKey = new byte[70_000];
        for (byte[] key : new byte[][] {null, {}, {1, 2, 3}, longKey}) {
            for (Experience.Builder experience : List.of(
                    step(),
                    step().setState("a state that is longer than two words").setNextState("t".repeat(300)),
                    step().setState("größe/7").setNextState(null).setTerminated(true),
                    step().setNextState("t").setTerminated(true),
                    step().setNextState("").setTerminated(true),
                    step().setTruncated(true),
                    step().setState("a state that is longer than two words")
                            .setAgentId("a")
                            .setPolicyVersion(3L),
                    step().setState("s".repeat(63)),
                    step().setPolicyId("p".repeat(64)),
                    step().setAgentId("a".repeat(130)).setEpisodeId("e").setStep(7L),
                    step().setAgentId("a".repeat(240)),
                    step().setAgentId("a".repeat(300)).setEpisodeId("e").setStep(7L),
                    identified(3, 4)
                            .setLegalActions(List.of(2, 300))
                            .setDiscount(0.5)
                            .setNextAction(1))) {
                for (int place : new int[] {41, -1}) { // the second is not a usual one
                    byte[] value = CODEC.encode(experience.build());
                    SourceRecord source = new SourceRecord(place, place, place, key, value);
                    TransitionBatch firstHop = decoded(source);
                    assertThat(firstHop.source()).usingRecursiveComparison().isEqualTo(source);
                    assertThat(firstHop.timestampMillis()).isEqualTo(place);
                    TransitionBatch secondHop = new TransitionBatch();
                    secondHop.add(firstHop, 2, 3);
                    assertThat(secondHop.next()).isTrue();
                    assertThat(secondHop.source()).usingRecursiveComparison().isEqualTo(source);
                    assertThat(secondHop.reward()).isEqualTo(-1.5);
                    assertThat(secondHop.discount()).isEqualTo(Double.valueOf(firstHop.discount())); // NaN too
                    assertThat(secondHop.legalActions()).isEqualTo(firstHop.legalActions());
                    assertThat(secondHop.state().state()).isEqualTo(experience.getState());
                }
            }
        }
    }

    /** 0 stands for none: such an experience must not be taken for its place. */
    @Test
    void anIdentityOfZeroIsOneToo() throws Exception {
        long inverse = 31; // of 31, modulo 2^64
        for (int i = 0; i < 6; i++) {
            inverse *= 2 - 31 * inverse;
        }
        byte[] agent = "agent".getBytes(StandardCharsets.UTF_8);
        byte[] episode = "episode".getBytes(StandardCharsets.UTF_8);
        long step = (-XxHash64.hash(episode) * inverse - XxHash64.hash(agent)) * inverse;
        byte[] value = CODEC.encode(
                step().setAgentId("agent").setEpisodeId("episode").setStep(step).build());
        EncodedExperience encoded = new EncodedExperience();
        encoded.read(value);
        assertThat(encoded.identityHash()).isZero();
        assertThat(decode(new SourceRecord(0, 1, 0, null, value)).identity())
                .isEqualTo(decode(new SourceRecord(5, 7, 0, null, value)).identity());
    }

    /** Two thirds of a short value is told by its key and its schema, and every byte is copied six times. */
    @Test
    void aShortExperienceTravelsInLessThanSeventyBytes() throws Exception {
        TransitionBatch batch = new TransitionBatch();
        decoder.decode(Packs.at(
                record(step().setPolicyId("default").setState("10000000").setNextState("10000001"))));
        decoder.addTo(batch);
        assertThat(batch.length()).isEqualTo(69);
    }

    /** A coin is the highest bit of an identity. */
    @Test
    void anIdentityTossesAFairCoinWhateverIdentitiesHaveInCommon() throws Exception {
        int[] byStep = new int[20_000];
        int[] byEpisode = new int[byStep.length];
        int[] byOffset = new int[byStep.length];
        byte[] anonymous = CODEC.encode(step().build());
        for (int i = 0; i < byStep.length; i++) {
            byStep[i] = coin(decode(identified(1, i)));
            byEpisode[i] = coin(decode(identified(i, 0)));
            byOffset[i] = coin(decode(new SourceRecord(0, i, 0, null, anonymous)));
        }
        assertFair(byStep);
        assertFair(byEpisode);
        assertFair(byOffset);
    }

    private static int coin(Transition transition) {
        return (int) (transition.identity() >>> 63);
    }

    private static Experience.Builder identified(int episode, long step) {
        return step().setAgentId("agent").setEpisodeId("episode-" + episode).setStep(step);
    }

    /** Half heads, and at every distance, a world's period perhaps, as many equal pairs as unequal ones. */
    private static void assertFair(int[] coins) {
        assertThat(Arrays.stream(coins).average().orElseThrow()).isCloseTo(0.5, within(0.02));
        for (int distance = 1; distance <= 64; distance++) {
            int equal = 0;
            for (int i = distance; i < coins.length; i++) {
                equal += coins[i] == coins[i - distance] ? 1 : 0;
            }
            assertThat(equal / (double) (coins.length - distance))
                    .as("equal coins at distance %d", distance)
                    .isCloseTo(0.5, within(0.02));
        }
    }
}
