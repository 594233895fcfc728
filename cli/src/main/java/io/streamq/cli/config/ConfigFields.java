package io.streamq.cli.config;

import io.streamq.job.options.NearestKey;
import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.PolicyConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/** The fields of a configuration by their paths, such as {@code learningRate.alpha}, as the schema has them. */
final class ConfigFields {
    private static final Schema SCHEMA = PolicyConfig.getClassSchema();

    /** In the schema for a release with traces; a job of this one refuses them with the reason. */
    private static final String REFUSED_FIELD = "algorithm.lambda";

    private static final String REFUSED_SYMBOL = "WATKINS_Q_LAMBDA";

    /** A name farther than this from the one typed is hardly meant. */
    private static final int MOST_EDITS = 3;

    private ConfigFields() {}

    /** A configuration with the schema's defaults, which are those of the job; its number of actions is 0: not known yet. */
    static PolicyConfig defaults() {
        AvroCodec.trustContract();
        return PolicyConfig.newBuilder().setActions(0).build();
    }

    /** The value of each field, in the order of the schema. */
    static Map<String, @Nullable Object> values(PolicyConfig config) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (Schema.Field field : SCHEMA.getFields()) {
            Object value = config.get(field.pos());
            if (value instanceof SpecificRecord group) {
                for (Schema.Field inner : group.getSchema().getFields()) {
                    values.put(field.name() + '.' + inner.name(), group.get(inner.pos()));
                }
            } else {
                values.put(field.name(), value);
            }
        }
        return values;
    }

    /** The same for programs: enums by their names. */
    static Map<String, @Nullable Object> printable(PolicyConfig config) {
        Map<String, @Nullable Object> values = values(config);
        values.replaceAll((path, value) -> value instanceof Enum<?> constant ? constant.name() : value);
        return values;
    }

    /** The default of a field, for people. */
    static String defaultOf(String path) {
        return path.equals("actions")
                ? "(required)"
                : String.valueOf(values(defaults()).get(path));
    }

    /** The fields that a job of this release takes. */
    static List<String> paths() {
        return values(defaults()).keySet().stream()
                .filter(path -> !path.equals(REFUSED_FIELD))
                .toList();
    }

    /** What the schema says of a field; empty if nothing. */
    static String description(String path) {
        String doc = find(path, defaults()).field.doc();
        return doc == null ? "" : doc;
    }

    /** A field and the record that holds it. */
    private record Found(SpecificRecord holder, Schema.Field field) {}

    private static Found find(String path, PolicyConfig config) {
        int dot = path.indexOf('.');
        Schema.Field outer = SCHEMA.getField(dot < 0 ? path : path.substring(0, dot));
        if (outer != null && dot < 0 && outer.schema().getType() != Schema.Type.RECORD) {
            return new Found(config, outer);
        }
        if (outer != null && dot > 0 && config.get(outer.pos()) instanceof SpecificRecord group) {
            Schema.Field inner = group.getSchema().getField(path.substring(dot + 1));
            if (inner != null) {
                return new Found(group, inner);
            }
        }
        throw new IllegalArgumentException("a configuration has no field '" + path + "'"
                + NearestKey.within(MOST_EDITS, path, paths())
                        .map(near -> "; the nearest is " + near)
                        .orElse("") + ". 'streamq config fields' lists all");
    }

    /**
     * Sets a field from its text.
     *
     * @throws IllegalArgumentException if there is no such field, or the text is not of its kind; the message is for the user
     */
    static void set(PolicyConfig config, String path, String text) {
        Found found = find(path, config);
        found.holder.put(found.field.pos(), parse(path, text, found.field.schema()));
    }

    /** The kind of a field's values, for people. */
    static String kind(String path) {
        return kind(find(path, defaults()).field.schema());
    }

    private static String kind(Schema schema) {
        return switch (schema.getType()) {
            case UNION -> kind(notNull(schema)) + " or null";
            case ENUM -> {
                List<String> symbols = symbols(schema);
                symbols.remove(REFUSED_SYMBOL);
                yield String.join(" | ", symbols);
            }
            case INT, LONG -> "integer";
            case DOUBLE -> "number";
            case BOOLEAN -> "true | false";
            default -> throw new IllegalStateException("the schema has a field of an unexpected kind: " + schema);
        };
    }

    private static @Nullable Object parse(String path, String text, Schema schema) {
        try {
            return switch (schema.getType()) {
                case UNION -> text.equals("null") ? null : parse(path, text, notNull(schema));
                case ENUM -> symbol(text, schema);
                case INT -> Integer.valueOf(text);
                case LONG -> Long.valueOf(text);
                case DOUBLE -> Double.valueOf(text);
                case BOOLEAN -> bool(text);
                default -> throw new IllegalArgumentException();
            };
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(path + " must be " + kind(schema) + ": got '" + text + "'", e);
        }
    }

    private static Schema notNull(Schema union) {
        return union.getTypes().stream()
                .filter(each -> each.getType() != Schema.Type.NULL)
                .findFirst()
                .orElseThrow();
    }

    /** The symbols that a user can mean; UNKNOWN stands for those of later releases. */
    private static List<String> symbols(Schema schema) {
        List<String> symbols = new ArrayList<>(schema.getEnumSymbols());
        symbols.remove("UNKNOWN");
        return symbols;
    }

    private static Object symbol(String text, Schema schema) {
        return symbols(schema).stream()
                .filter(text::equalsIgnoreCase)
                .map(name -> constant(schema, name))
                .findFirst()
                .orElseThrow(IllegalArgumentException::new);
    }

    private static Object constant(Schema schema, String name) {
        for (Object constant :
                new PolicyConfig().getSpecificData().getClass(schema).getEnumConstants()) {
            if (constant.toString().equals(name)) {
                return constant;
            }
        }
        throw new IllegalArgumentException(name);
    }

    private static boolean bool(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }
}
