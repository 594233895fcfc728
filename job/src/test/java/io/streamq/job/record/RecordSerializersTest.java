package io.streamq.job.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RecordSerializersTest {
    static Stream<Arguments> samples() {
        return Samples.OF_SERIALIZER.entrySet().stream()
                .flatMap(entry -> entry.getValue().stream().map(sample -> Arguments.of(entry.getKey(), sample)));
    }

    static Stream<TypeSerializer<?>> serializers() {
        return Samples.OF_SERIALIZER.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("samples")
    <T> void whatIsWrittenIsReadBackWithNothingLeftOver(TypeSerializer<T> serializer, T sample) throws IOException {
        DataInputDeserializer input = new DataInputDeserializer(bytes(serializer, sample));
        assertSame(serializer.deserialize(input), sample);
        assertThat(input.available()).isZero();
    }

    @ParameterizedTest
    @MethodSource("samples")
    <T> void aCopyIsEqual(TypeSerializer<T> serializer, T sample) throws IOException {
        assertSame(serializer.copy(sample), sample);
        assertSame(serializer.copy(sample, serializer.createInstance()), sample);

        byte[] written = bytes(serializer, sample);
        DataOutputSerializer copied = new DataOutputSerializer(64);
        serializer.copy(new DataInputDeserializer(written), copied);
        assertThat(copied.getCopyOfBuffer()).isEqualTo(written);
    }

    @ParameterizedTest
    @MethodSource("serializers")
    <T> void anEmptyInstanceCanBeWritten(TypeSerializer<T> serializer) throws IOException {
        assertThat(bytes(serializer, serializer.createInstance())).isNotEmpty();
    }

    @ParameterizedTest
    @MethodSource("serializers")
    <T> void aSnapshotOfTheSerializerIsReadBackAndCompatibleAsItIs(TypeSerializer<T> serializer) throws IOException {
        DataOutputSerializer output = new DataOutputSerializer(64);
        TypeSerializerSnapshot.writeVersionedSnapshot(output, serializer.snapshotConfiguration());
        TypeSerializerSnapshot<T> restored = TypeSerializerSnapshot.readVersionedSnapshot(
                new DataInputDeserializer(output.getCopyOfBuffer()), getClass().getClassLoader());

        assertThat(restored.restoreSerializer()).isEqualTo(serializer);
        assertThat(serializer
                        .snapshotConfiguration()
                        .resolveSchemaCompatibility(restored)
                        .isCompatibleAsIs())
                .isTrue();
    }

    @Test
    void everyRecordTypeHasAHandWrittenSerializerAndASample() throws IllegalAccessException {
        List<TypeSerializer<?>> declared = new ArrayList<>();
        for (Field field : RecordType.class.getDeclaredFields()) {
            if (field.getType() == RecordType.class) {
                declared.add(((RecordType<?>) field.get(null)).createSerializer(new SerializerConfigImpl()));
            }
        }
        assertThat(declared).containsExactlyInAnyOrderElementsOf(Samples.OF_SERIALIZER.keySet());
        assertThat(declared).allSatisfy(serializer -> assertThat(serializer)
                .extracting(each -> each.getClass().getPackageName())
                .isEqualTo(RecordType.class.getPackageName()));
    }

    private static <T> byte[] bytes(TypeSerializer<T> serializer, T value) throws IOException {
        DataOutputSerializer output = new DataOutputSerializer(64);
        serializer.serialize(value, output);
        return output.getCopyOfBuffer();
    }

    private static void assertSame(Object actual, Object expected) {
        assertThat(actual)
                .usingRecursiveComparison()
                .withEqualsForType(Double::equals, Double.class) // NaN too
                .withEqualsForType(KeyCursor::sameAs, KeyCursor.class) // hashed or not
                .ignoringFieldsOfTypes(TransitionBatchSerializer.class) // whoever lent a batch
                .isEqualTo(expected);
    }
}
