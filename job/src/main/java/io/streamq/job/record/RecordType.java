package io.streamq.job.record;

import io.streamq.learning.QRow;
import java.util.Objects;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Ties a record to its hand-written serializer, so that Flink never falls back to reflection or Kryo.
 *
 * @param <T> the record
 */
public final class RecordType<T> extends TypeInformation<T> {
    public static final RecordType<StateKey> STATE_KEY =
            new RecordType<>(StateKey.class, StateKeySerializer.INSTANCE, true);
    public static final RecordType<SourceRecord> SOURCE_RECORD =
            new RecordType<>(SourceRecord.class, SourceRecordSerializer.INSTANCE, false);
    public static final RecordType<SourceRecords> SOURCE_RECORDS =
            new RecordType<>(SourceRecords.class, SourceRecordsSerializer.INSTANCE, false);
    public static final RecordType<TransitionBatch> TRANSITION_BATCH =
            new RecordType<>(TransitionBatch.class, new TransitionBatchSerializer(), false);
    public static final RecordType<ViewChanges> VIEW_CHANGES =
            new RecordType<>(ViewChanges.class, new ViewChangesSerializer(), false);
    public static final RecordType<PolicyChange> POLICY_CHANGE =
            new RecordType<>(PolicyChange.class, PolicyChangeSerializer.INSTANCE, false);
    public static final RecordType<DeadLetter> DEAD_LETTER =
            new RecordType<>(DeadLetter.class, DeadLetterSerializer.INSTANCE, false);
    public static final RecordType<PolicyControl> POLICY_CONTROL =
            new RecordType<>(PolicyControl.class, PolicyControlSerializer.INSTANCE, false);
    public static final RecordType<ControlStatus> CONTROL_STATUS =
            new RecordType<>(ControlStatus.class, ControlStatusSerializer.INSTANCE, false);
    public static final RecordType<QRow> Q_ROW = new RecordType<>(QRow.class, QRowSerializer.INSTANCE, false);
    public static final RecordType<RowPage> ROW_PAGE =
            new RecordType<>(RowPage.class, RowPageSerializer.INSTANCE, false);

    /** The type of a non-key record. */
    public static <T> RecordType<T> of(Class<T> type, TypeSerializer<T> serializer) {
        return new RecordType<>(type, serializer, false);
    }

    private final Class<T> type;
    private final TypeSerializer<T> serializer;
    private final boolean isKey;

    private RecordType(Class<T> type, TypeSerializer<T> serializer, boolean isKey) {
        this.type = type;
        this.serializer = serializer;
        this.isKey = isKey;
    }

    @Override
    public TypeSerializer<T> createSerializer(SerializerConfig config) {
        return serializer.duplicate();
    }

    @Override
    public Class<T> getTypeClass() {
        return type;
    }

    @Override
    public boolean isBasicType() {
        return false;
    }

    @Override
    public boolean isTupleType() {
        return false;
    }

    @Override
    public int getArity() {
        return 1;
    }

    @Override
    public int getTotalFields() {
        return 1;
    }

    @Override
    public boolean isKeyType() {
        return isKey;
    }

    @Override
    public boolean canEqual(Object other) {
        return other instanceof RecordType;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RecordType<?> that && type == that.type;
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(type);
    }

    @Override
    public String toString() {
        return type.getSimpleName();
    }
}
