package io.streamq.job.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.streamq.job.policy.RowLimits;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.junit.jupiter.api.Test;

class TransitionBatchTest {
    private static final StateKey LONG_KEY = StateKey.of("lake", "a state with a long name");
    private static final StateKey LONG_NEXT_KEY = StateKey.of("lake", "where it led, with a long name as well");
    private static final Transition LONG = new Transition(
            LONG_KEY, LONG_NEXT_KEY, 1, 2, 0.5, 3, -7, null, new SourceRecord(1, 2, 3, new byte[0], new byte[] {1}));

    private final TransitionBatch batch = new TransitionBatch();

    private void assertStandsAt(Transition transition) {
        StateKey nextState = transition.nextState();
        assertThat(batch.state()).isEqualTo(transition.state()).hasSameHashCodeAs(transition.state());
        assertThat(batch.stateHash()).isEqualTo(transition.state().hashCode());
        assertThat(batch.action()).isEqualTo(transition.action());
        assertThat(batch.reward()).isEqualTo(transition.reward());
        assertThat(batch.discount()).isEqualTo(Double.valueOf(transition.discount())); // NaN too
        assertThat(batch.identity()).isEqualTo(transition.identity());
        assertThat(batch.nextAction()).isEqualTo(transition.nextAction());
        assertThat(batch.legalActions()).isEqualTo(transition.legalActions());
        assertThat(batch.terminated()).isEqualTo(nextState == null);
        assertThat(batch.nextStateBytes()).isEqualTo(nextState == null ? 0 : nextState.stateLength());
        assertThat(batch.timestampMillis()).isEqualTo(transition.source().timestampMillis());
        assertThat(batch.source()).usingRecursiveComparison().isEqualTo(transition.source());
    }

    @Test
    void whatIsAddedIsReadInItsOrder() {
        Samples.FULL_TRANSITION.addTo(batch, 2.5, 65_535);
        LONG.addTo(batch, -1, 7);
        Samples.BARE_TRANSITION.addTo(batch, 0, 0);
        assertThat(batch.count()).isEqualTo(3);

        assertThat(batch.next()).isTrue();
        assertStandsAt(Samples.FULL_TRANSITION);
        assertThat(batch.nextValue()).isEqualTo(2.5);
        assertThat(batch.nextGeneration()).isEqualTo(65_535);
        assertThat(batch.next()).isTrue();
        assertStandsAt(LONG);
        assertThat(batch.nextValue()).isEqualTo(-1);
        assertThat(batch.nextGeneration()).isEqualTo(7);
        assertThat(batch.next()).isTrue();
        assertStandsAt(Samples.BARE_TRANSITION);
        assertThat(batch.next()).isFalse();

        batch.rewind();
        assertThat(batch.next()).isTrue();
        assertStandsAt(Samples.FULL_TRANSITION);
    }

    @Test
    void theFirstHopCarriesTheSuccessorAndTheSecondItsValueInstead() {
        TransitionBatch first = new TransitionBatch();
        Samples.FULL_TRANSITION.addTo(first);
        LONG.addTo(first);
        assertThat(first.firstNextState()).isEqualTo(Samples.FULL_TRANSITION.nextState());
        while (first.next()) {
            batch.add(first, first.nextState().length(), 3);
        }
        TransitionBatch direct = new TransitionBatch();
        Samples.FULL_TRANSITION.addTo(direct, 0, 0);
        LONG.addTo(direct, 0, 0);
        assertThat(batch.length()).isEqualTo(direct.length()).isLessThan(first.length());

        assertThat(batch.next()).isTrue();
        assertStandsAt(Samples.FULL_TRANSITION);
        assertThat(batch.nextValue()).isEqualTo("lake/t".length());
        assertThat(batch.nextGeneration()).isEqualTo(3);
        assertThat(batch.next()).isTrue();
        assertStandsAt(LONG);
        assertThat(batch.nextValue()).isEqualTo(LONG_NEXT_KEY.length());
        assertThat(batch.next()).isFalse();
    }

    /** Those within the usual range take less room. */
    @Test
    void aRecordComesBackWhateverItsPlaceAndTime() {
        int usual = 50 + 8 + 4 + 8 + 1; // discount, next action, reward and value beside what each has
        for (int partition : new int[] {0, 1, (1 << 20) - 1, 1 << 20, Integer.MAX_VALUE, -1}) {
            for (long offset : new long[] {0, (1L << 44) - 1, 1L << 44, Long.MAX_VALUE, -1}) {
                for (long timestamp :
                        new long[] {-1, 0, (1L << 47) - 1, 1L << 47, -(1L << 47), -(1L << 47) - 1, Long.MAX_VALUE}) {
                    SourceRecord source = new SourceRecord(partition, offset, timestamp, null, new byte[] {5});
                    long identity = TransitionBatch.identityOf(partition, offset);
                    Transition transition = new Transition(
                            Samples.KEY, LONG_NEXT_KEY, (1 << 15) - 1, 2, 0.5, identity, 3, null, source);
                    boolean isUsual = partition >>> 20 == 0
                            && offset >>> 44 == 0
                            && timestamp >= -(1L << 47)
                            && timestamp < 1L << 47;
                    batch.clear(1000);
                    transition.addTo(batch, 1, 1);
                    assertThat(batch.length()).isEqualTo(isUsual ? usual : usual + 20);
                    assertThat(batch.next()).isTrue();
                    assertStandsAt(transition);
                    batch.clear(1000);
                    transition.addTo(batch);
                    assertThat(batch.next()).isTrue();
                    assertStandsAt(transition);
                    assertThat(batch.nextState()).isEqualTo(LONG_NEXT_KEY);
                }
            }
        }
    }

    @Test
    void statesOfAnyLegalLengthAreTold() {
        for (int length : new int[] {1, 100, RowLimits.MAX_STATE_BYTES}) {
            batch.clear(1000);
            new Transition(Samples.KEY, StateKey.of("p", "s".repeat(length)), 0, 0, 0, 1, -1, null, LONG.source())
                    .addTo(batch);
            assertThat(batch.next()).isTrue();
            assertThat(batch.nextStateBytes()).isEqualTo(length);
            assertThat(batch.terminated()).isFalse();
        }
    }

    @Test
    void whoLooksAheadStaysWhereItIs() {
        for (Transition each : new Transition[] {LONG, Samples.FULL_TRANSITION, LONG}) {
            each.addTo(batch);
        }
        KeyCursor[] ahead = KeyCursor.several(2);
        assertThat(batch.statesAhead(ahead)).isEqualTo(2);
        assertThat(ahead).extracting(KeyCursor::toKey).containsExactly(LONG_KEY, Samples.KEY);
        assertThat(batch.nextStatesAhead(ahead)).isEqualTo(2);
        assertThat(ahead)
                .extracting(KeyCursor::toKey)
                .containsExactly(LONG_NEXT_KEY, Samples.FULL_TRANSITION.nextState());

        assertThat(batch.next()).isTrue();
        assertThat(batch.next()).isTrue();
        assertThat(batch.nextStatesAhead(ahead)).isOne();
        assertThat(ahead[0].toKey()).isEqualTo(LONG_NEXT_KEY);
        assertThat(batch.statesAhead(ahead)).isOne();
        assertStandsAt(Samples.FULL_TRANSITION);
        assertThat(batch.next()).isTrue();
        assertThat(batch.statesAhead(ahead)).isZero();
        assertThat(batch.firstState()).isEqualTo(LONG_KEY);
        assertThat(batch.firstNextState()).isEqualTo(LONG_NEXT_KEY);
        assertStandsAt(LONG);
    }

    @Test
    void aBatchIsFilledAnewOnceItIsCleared() {
        LONG.addTo(batch, 1, 1);
        assertThat(batch.next()).isTrue();
        batch.clear(1000);
        assertThat(batch.next()).isFalse();
        assertThat(batch.count()).isZero();
        Samples.FULL_TRANSITION.addTo(batch, 1, 1);
        assertThat(batch.next()).isTrue();
        assertStandsAt(Samples.FULL_TRANSITION);
        assertThat(batch.next()).isFalse();
    }

    @Test
    void oneHugeRecordDoesNotTakeItsRoomForGood() {
        SourceRecord huge = new SourceRecord(0, 0, 0, null, new byte[1 << 20]);
        new Transition(LONG_KEY, null, 0, 0, 0, 0, -1, null, huge).addTo(batch, 0, 0);
        batch.clear(1000);
        assertThat(batch.bytes()).isEmpty();
    }

    /** As an unaligned checkpoint may hold it: it would be taken for something else. */
    @Test
    void aBatchInTheFormatOfAnotherReleaseIsRefused() throws IOException {
        DataOutputSerializer before = new DataOutputSerializer(16);
        before.writeInt(1); // how many: there was no number of the format
        assertThatThrownBy(() -> new TransitionBatchSerializer()
                        .deserialize(new DataInputDeserializer(before.getCopyOfBuffer())))
                .isInstanceOf(SuppressRestartsException.class)
                .hasRootCauseMessage("transitions between operators must be in format 1 of this release: got format 0,"
                        + " in an unaligned checkpoint of another. Restore a savepoint, or an aligned checkpoint.");
    }

    @Test
    void whatIsGivenBackIsFilledAgain() throws IOException {
        TransitionBatchSerializer serializer = new TransitionBatchSerializer();
        List<DataInputDeserializer> inputs = new ArrayList<>();
        for (Transition each : new Transition[] {LONG, Samples.FULL_TRANSITION, LONG}) {
            DataOutputSerializer output = new DataOutputSerializer(256);
            TransitionBatch sent = new TransitionBatch();
            each.addTo(sent, 4, 4);
            serializer.serialize(sent, output);
            inputs.add(new DataInputDeserializer(output.getCopyOfBuffer()));
        }
        TransitionBatch first = serializer.deserialize(inputs.get(0));
        TransitionBatch second = serializer.deserialize(inputs.get(1));
        assertThat(second).isNotSameAs(first);
        assertThat(first.firstState()).isEqualTo(LONG_KEY);
        assertThat(second.firstState()).isEqualTo(Samples.KEY);

        while (second.next()) {
            assertThat(second.nextValue()).isEqualTo(4);
        }
        second.release();
        TransitionBatch third = serializer.deserialize(inputs.get(2));
        assertThat(third).isSameAs(second);
        assertThat(third.count()).isOne();
        assertThat(third.next()).isTrue();
        assertThat(third.state()).isEqualTo(LONG_KEY);
    }
}
