package io.streamq.schemas;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.message.BadHeaderException;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.message.MissingSchemaException;
import org.apache.avro.message.SchemaStore;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.avro.util.ClassSecurityValidator;
import org.apache.avro.util.ClassSecurityValidator.ClassSecurityPredicate;

/**
 * Converts records to Kafka values and back: Avro's single-object encoding (C3 01, the little-endian CRC-64-AVRO fingerprint of the
 * writer's schema, the body). Reads what any release wrote. Thread-safe.
 *
 * @param <T> the generated class of the record
 */
public final class AvroCodec<T extends SpecificRecordBase> {
    static {
        trustContract();
    }

    private final BinaryMessageEncoder<T> encoder;
    private final BinaryMessageDecoder<T> decoder;
    private final String name;

    private AvroCodec(SpecificData model, Schema schema, List<Schema> writers) {
        SchemaStore.Cache store = new SchemaStore.Cache();
        writers.forEach(store::addSchema);
        this.encoder = new BinaryMessageEncoder<>(model, schema, true);
        this.decoder = new BinaryMessageDecoder<>(model, schema, store);
        this.name = schema.getName();
    }

    /**
     * Avro instantiates only trusted classes. Call it before using builders that fill in a default enum or record; creating a codec does so
     * too.
     */
    public static void trustContract() {
        String contract = AvroCodec.class.getPackageName() + '.';
        ClassSecurityPredicate others = ClassSecurityValidator.getGlobal();
        if (!others.isTrusted(Experience.class)) {
            ClassSecurityValidator.setGlobal(type -> type.getName().startsWith(contract) || others.isTrusted(type));
        }
    }

    /** The codec of {@link Experience}. */
    public static AvroCodec<Experience> experience() {
        return new AvroCodec<>(
                new Experience().getSpecificData(), Experience.getClassSchema(), ReleasedSchemas.of("Experience"));
    }

    /** The codec of {@link PolicyUpdate}. */
    public static AvroCodec<PolicyUpdate> policyUpdate() {
        return new AvroCodec<>(
                new PolicyUpdate().getSpecificData(),
                PolicyUpdate.getClassSchema(),
                ReleasedSchemas.of("PolicyUpdate"));
    }

    /** The codec of {@link PolicyConfig}. */
    public static AvroCodec<PolicyConfig> policyConfig() {
        return new AvroCodec<>(
                new PolicyConfig().getSpecificData(),
                PolicyConfig.getClassSchema(),
                ReleasedSchemas.of("PolicyConfig"));
    }

    /** The codec of {@link PolicyConfigStatus}. */
    public static AvroCodec<PolicyConfigStatus> policyConfigStatus() {
        return new AvroCodec<>(
                new PolicyConfigStatus().getSpecificData(),
                PolicyConfigStatus.getClassSchema(),
                ReleasedSchemas.of("PolicyConfigStatus"));
    }

    /** A codec of experience that also reads the schema {@code writer}. */
    static AvroCodec<Experience> experienceAlsoBy(Schema writer) {
        return new AvroCodec<>(new Experience().getSpecificData(), Experience.getClassSchema(), List.of(writer));
    }

    /** The bytes of a Kafka value. */
    public byte[] encode(T message) {
        try {
            ByteBuffer buffer = encoder.encode(message);
            byte[] bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
            return bytes;
        } catch (IOException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
    }

    /**
     * Reads a Kafka value written by any release.
     *
     * @throws WireFormatException if the bytes are not such a record
     */
    public T decode(byte[] value) throws WireFormatException {
        try {
            return decoder.decode(value);
        } catch (MissingSchemaException e) {
            throw new WireFormatException(
                    WireFormatException.Kind.UNKNOWN_SCHEMA,
                    "the value names a schema of " + name + " that no release of StreamQ knows: fingerprint "
                            + HexFormat.of().formatHex(value, 2, 10));
        } catch (BadHeaderException e) {
            throw notAvro("does not begin with C3 01 and an 8-byte schema fingerprint", value);
        } catch (IOException
                | AvroRuntimeException
                | IndexOutOfBoundsException
                // From Avro, for a length beyond 31 bits.
                | UnsupportedOperationException e) {
            throw notAvro("has a body that does not fit the schema it names (" + e.getMessage() + ")", value);
        }
    }

    private WireFormatException notAvro(String what, byte[] value) {
        return new WireFormatException(
                WireFormatException.Kind.NOT_AVRO,
                "the value must be a single-object encoded " + name + ": it " + what + ", length " + value.length
                        + " bytes");
    }
}
