package io.streamq.job.record;

import io.streamq.learning.QRow;
import io.streamq.learning.RowHistory;
import io.streamq.schemas.PolicyConfigOutcome;
import io.streamq.schemas.UpdateReason;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/** Values of each record that is serialized: with everything there, and with everything absent that may be. */
final class Samples {
    static final StateKey KEY = StateKey.of("lake", "größe/7");

    private static final SourceRecord FULL_SOURCE =
            new SourceRecord(300, 1L << 40, 1_700_000_000_000L, new byte[] {1, 2}, new byte[] {-1, 0, 3});
    /** Kafka's partition, offset and timestamp are -1 where unknown. */
    private static final SourceRecord BARE_SOURCE = new SourceRecord(-1, -1, -1, null, null);

    private static final long[] LEGAL = {5, 1L << 63};

    static final Transition FULL_TRANSITION =
            new Transition(KEY, StateKey.of("lake", "t"), 69, -0.5, 0.81, 1L << 63 | 5, 68, LEGAL, FULL_SOURCE);
    static final Transition BARE_TRANSITION =
            new Transition(KEY, null, 0, 1, Double.NaN, 1, -1, null, new SourceRecord(-1, -1, -1, null, new byte[0]));

    private static final PolicyChange CHANGE = new PolicyChange().announce(KEY, row(), UpdateReason.RESTORED, 12);

    /** Of no policy in particular: only bytes. */
    static final PolicyControl CONTROL =
            new PolicyControl("lake", new byte[] {-61, 1, 0}, 2, 1L << 40, 1_700_000_000_000L);

    private static final PolicyControl DELETION = new PolicyControl("lake", null, 0, 0, -1);

    private static final ControlStatus STATUS = new ControlStatus(
            "lake",
            1,
            200,
            PolicyConfigOutcome.REFUSED,
            List.of("größer als gedacht", ""),
            1L << 40,
            2,
            1L << 41,
            1L << 33,
            1_700_000_000_001L,
            -1,
            true);

    private static final ControlStatus BARE_STATUS =
            new ControlStatus("", 0, 1, PolicyConfigOutcome.DELETED, List.of(), 0, 0, 0, 0, 0, 0, false);

    /** The serializers of the job and what each is tried with. */
    static final Map<TypeSerializer<?>, List<?>> OF_SERIALIZER = Map.ofEntries(
            Map.entry(StateKeySerializer.INSTANCE, List.of(KEY, StateKey.of("", ""))),
            Map.entry(SourceRecordSerializer.INSTANCE, List.of(FULL_SOURCE, BARE_SOURCE)),
            Map.entry(
                    SourceRecordsSerializer.INSTANCE,
                    List.of(
                            SourceRecordsSerializer.INSTANCE.copy(
                                    Packs.of(FULL_SOURCE, BARE_SOURCE)), // without room to spare
                            new SourceRecords())),
            Map.entry(new TransitionBatchSerializer(), List.of(batch(), new TransitionBatch())),
            Map.entry(new ViewChangesSerializer(), List.of(viewChanges())),
            Map.entry(PolicyChangeSerializer.INSTANCE, List.of(CHANGE, new PolicyChange().forget(KEY, 5, 12))),
            Map.entry(PolicyControlSerializer.INSTANCE, List.of(CONTROL, DELETION)),
            Map.entry(ControlStatusSerializer.INSTANCE, List.of(STATUS, BARE_STATUS)),
            Map.entry(
                    DeadLetterSerializer.INSTANCE,
                    List.of(
                            new DeadLetter(FULL_SOURCE, Rejection.NOT_AVRO, "größer als gedacht"),
                            new DeadLetter(BARE_SOURCE, Rejection.VALUE_MISSING, ""))),
            Map.entry(QRowSerializer.INSTANCE, List.of(row(), rowOfFormat1(), QRow.untouched(1, 3, -2))),
            Map.entry(RowPageSerializer.INSTANCE, List.of(page(), pageOfWords())));

    private Samples() {}

    private static TransitionBatch batch() {
        TransitionBatch batch = new TransitionBatch();
        FULL_TRANSITION.addTo(batch);
        FULL_TRANSITION.addTo(batch, 2.5, 65_535);
        BARE_TRANSITION.addTo(batch, 0, 0);
        return new TransitionBatchSerializer().copy(batch); // without room to spare
    }

    private static ViewChanges viewChanges() {
        ViewChanges changes = new ViewChanges();
        changes.of(3, 4, ViewChanges.Extent.WHOLE);
        changes.add(KEY, 65_535, 2.5);
        changes.addRemoval(StateKey.of("lake", "a state of a long name"));
        return new ViewChangesSerializer().copy(changes); // without room to spare
    }

    /** Rows that have more than words; one key is long. */
    static RowPage page() {
        RowPage page = new RowPage(KEY, row(), 1);
        page.add(StateKey.of("lake", "a state of a long name"), rowOfFormat1());
        return page;
    }

    /** Rows of nothing but words. */
    static RowPage pageOfWords() {
        RowPage page = new RowPage(StateKey.of("p", "s"), QRow.untouched(1, 2, 0.5), 1);
        page.add(
                StateKey.of("p", "t"),
                QRow.of(2, new double[] {1.5, -2}, new long[] {1, 200}, null, 0, 4, 1000, 1, -2, null));
        return page;
    }

    /** A row of double Q-learning in which every part differs from its default. */
    static QRow row() {
        return row(0, RowHistory.of(1_700_000_000_000L, 300, new long[] {-1, 7}));
    }

    /** {@link #row()} as far as release 0.1 knew it. */
    static QRow rowOfFormat1() {
        return row(1, null);
    }

    private static QRow row(int announcedAction, @Nullable RowHistory history) {
        return QRow.of(
                2,
                new double[] {1.5, -2, 0, 1e300},
                new long[] {1, 200, 0, 3},
                new long[] {2},
                1,
                4,
                1000,
                announcedAction,
                -0.5,
                history);
    }
}
