package io.streamq.cli.experiment;

import java.util.List;
import java.util.Map;

/**
 * What an experiment showed.
 *
 * @param parameters of the experiment, by name
 * @param summary for readers
 * @param data all numbers
 * @param drawings at least one
 */
record Findings(Map<String, Object> parameters, Sheet summary, Sheet data, List<Drawing> drawings) {
    /**
     * A picture.
     *
     * @param name of the file, in kebab-case
     */
    record Drawing(String name, String svg) {}
}
