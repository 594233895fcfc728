package io.streamq.benchmarks.report;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** The folders of the checkout that the benchmarks were built in. */
public final class Checkout {
    private Checkout() {}

    /** The folder with the root's {@code pom.xml}. */
    public static Path home() {
        // benchmarks/target/classes or benchmarks/target/streamq-benchmarks-*.jar
        return target().getParent().getParent();
    }

    /** The folder with the build of the benchmarks. */
    public static Path target() {
        try {
            return Path.of(Checkout.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .getParent();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the classes were not loaded from this machine", e);
        }
    }
}
