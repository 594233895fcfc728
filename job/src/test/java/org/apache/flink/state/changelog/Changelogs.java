package org.apache.flink.state.changelog;

import org.apache.flink.runtime.state.StateBackend;
import org.apache.flink.runtime.state.hashmap.HashMapStateBackend;

/** What {@code state.changelog.enabled} makes of a state backend, which Flink lets nobody else make. */
public final class Changelogs {
    private Changelogs() {}

    public static StateBackend overTheHeap() {
        return new ChangelogStateBackend(new HashMapStateBackend());
    }
}
