package io.streamq.schemas;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/**
 * Every schema that a release wrote with, verbatim, so that data of old producers stays readable. To change a schema, add a file
 * {@code released/NAME.vN.avsc} here; never edit one.
 */
public final class ReleasedSchemas {
    private ReleasedSchemas() {}

    /**
     * All released schemas of a record, oldest first.
     *
     * @param name simple name of the record, such as {@code Experience}
     */
    public static List<Schema> of(String name) {
        List<Schema> schemas = new ArrayList<>();
        for (int version = 1; ; version++) {
            try (InputStream file =
                    ReleasedSchemas.class.getResourceAsStream("released/" + name + ".v" + version + ".avsc")) {
                if (file == null) {
                    return List.copyOf(schemas);
                }
                schemas.add(new Schema.Parser().parse(file));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
