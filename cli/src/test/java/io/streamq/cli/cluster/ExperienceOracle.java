package io.streamq.cli.cluster;

import io.streamq.schemas.Experience;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;

/** Says which records are to be learnt from, by Avro's own reader and the contract's rules; knows nothing of the job's decoder. */
final class ExperienceOracle {
    private static final Pattern POLICY_ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final int HEAD_BYTES = 10;
    private static final int STATE_BYTES = 1024;

    private final int actions;
    private final Schema schema = contract();
    private final GenericDatumReader<GenericRecord> reader = new GenericDatumReader<>(schema);
    private final GenericDatumWriter<GenericRecord> writer = new GenericDatumWriter<>(schema);
    private final byte[] head = ByteBuffer.allocate(HEAD_BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .put((byte) 0xC3)
            .put((byte) 0x01)
            .putLong(SchemaNormalization.parsingFingerprint64(schema))
            .array();

    ExperienceOracle(int actions) {
        this.actions = actions;
    }

    /** As it was released, for the generated class asks Avro for Java's strings, which hide what is no UTF-8. */
    private static Schema contract() {
        try (InputStream released =
                Objects.requireNonNull(Experience.class.getResourceAsStream("released/Experience.v1.avsc"))) {
            return new Schema.Parser().parse(released);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What every value begins with. */
    byte[] head() {
        return head.clone();
    }

    /** The row that a record changes, {@code policyId/state}; nothing for one that is to be set aside. */
    Optional<String> row(byte[] value) {
        return read(value)
                .filter(this::followsTheRules)
                .map(experience -> experience.get("policyId") + "/" + experience.get("state"));
    }

    private Optional<GenericRecord> read(byte[] value) {
        if (value.length < HEAD_BYTES || !Arrays.equals(value, 0, HEAD_BYTES, head, 0, HEAD_BYTES)) {
            return Optional.empty();
        }
        byte[] body = Arrays.copyOfRange(value, HEAD_BYTES, value.length);
        return readBody(body)
                .filter(this::hasTextAsSpecified)
                .filter(experience -> hasBooleansAsSpecified(experience, body));
    }

    private Optional<GenericRecord> readBody(byte[] body) {
        try {
            BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(body, null);
            GenericRecord experience = reader.read(null, decoder);
            return decoder.isEnd() ? Optional.of(experience) : Optional.empty();
        } catch (IOException
                | AvroRuntimeException
                | IndexOutOfBoundsException
                | UnsupportedOperationException claimsTooMuch) {
            return Optional.empty();
        }
    }

    /**
     * Avro's reader takes any byte for a boolean, its specification 0 and 1 only. A byte that can be 1 instead and only booleans
     * change is one.
     */
    private boolean hasBooleansAsSpecified(GenericRecord experience, byte[] body) {
        if (Arrays.equals(written(experience), body)) {
            return true;
        }
        for (int i = 0; i < body.length; i++) {
            if (body[i] != 0 && body[i] != 1) {
                byte[] other = body.clone();
                other[i] = 1;
                if (readBody(other)
                        .filter(changed -> differInBooleansOnly(changed, experience))
                        .isPresent()) {
                    return false;
                }
            }
        }
        return true;
    }

    private byte[] written(GenericRecord experience) {
        ByteArrayOutputStream again = new ByteArrayOutputStream();
        BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(again, null);
        try {
            writer.write(experience, encoder);
            encoder.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return again.toByteArray();
    }

    private boolean differInBooleansOnly(GenericRecord one, GenericRecord other) {
        return !one.equals(other)
                && schema.getFields().stream()
                        .allMatch(field -> field.schema().getType() == Schema.Type.BOOLEAN
                                || Objects.equals(one.get(field.pos()), other.get(field.pos())));
    }

    /** Avro's reader takes any bytes for text, its specification UTF-8 only. */
    private boolean hasTextAsSpecified(GenericRecord experience) {
        return schema.getFields().stream()
                .map(field -> experience.get(field.pos()))
                .filter(Utf8.class::isInstance)
                .allMatch(text -> isUtf8((Utf8) text));
    }

    private static boolean isUtf8(Utf8 text) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text.getBytes(), 0, text.getByteLength()));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private boolean followsTheRules(GenericRecord experience) {
        return POLICY_ID.matcher(experience.get("policyId").toString()).matches()
                && isState(experience.get("state"))
                && isAction(experience.get("action"))
                && Double.isFinite((double) experience.get("reward"))
                && isDiscount((Double) experience.get("discount"))
                && ((boolean) experience.get("terminated") || isState(experience.get("nextState")))
                && isLegal(experience.get("action"), (List<?>) experience.get("legalActions"));
    }

    private static boolean isState(@Nullable Object text) {
        return text instanceof Utf8 state && state.getByteLength() >= 1 && state.getByteLength() <= STATE_BYTES;
    }

    private boolean isAction(Object number) {
        return number instanceof Integer action && action >= 0 && action < actions;
    }

    private static boolean isDiscount(@Nullable Double discount) {
        return discount == null || (discount >= 0 && discount <= 1);
    }

    private boolean isLegal(Object action, @Nullable List<?> legalActions) {
        return legalActions == null
                || (legalActions.stream().allMatch(this::isAction) && legalActions.contains(action));
    }
}
