package io.streamq.benchmarks.duel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * StreamQ of another checkout, as a side of a duel.
 *
 * @param name its name in tables and files
 */
record OtherCheckout(String name, Path folder) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");

    /** As on the command line, {@code NAME=FOLDER}. */
    static final class Converter implements ITypeConverter<OtherCheckout> {
        @Override
        public OtherCheckout convert(String text) {
            int end = text.indexOf('=');
            String name = text.substring(0, Math.max(0, end));
            if (!NAME.matcher(name).matches()) {
                throw new TypeConversionException(
                        "must be NAME=FOLDER with a name of letters, digits, dots, dashes and underscores: got '" + text
                                + "'");
            }
            Path folder = Path.of(text.substring(end + 1));
            if (!Files.isExecutable(folder.resolve("streamq"))) {
                throw new TypeConversionException(
                        "must name a checkout of StreamQ: there is no 'streamq' in '" + folder + "'");
            }
            return new OtherCheckout(name, folder);
        }
    }
}
