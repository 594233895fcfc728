package io.streamq.cli.experiment;

import java.util.List;
import java.util.Map;

/**
 * What an experiment showed.
 *
 * @param parameters under which, by name
 * @param summary what one wants to read
 * @param data all of it
 * @param drawings at least one
 */
record Findings(Map<String, Object> parameters, Sheet summary, Sheet data, List<Drawing> drawings) {
    /**
     * A picture.
     *
     * @param name kebab-case, of the file
     */
    record Drawing(String name, String svg) {}
}
