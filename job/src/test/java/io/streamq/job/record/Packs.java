package io.streamq.job.record;

/** Records of which a test has objects, as the source sends them. */
public final class Packs {
    private Packs() {}

    public static SourceRecords of(SourceRecord... records) {
        SourceRecords pack = new SourceRecords();
        for (SourceRecord record : records) {
            pack.add(record.partition(), record.offset(), record.timestampMillis(), record.key(), record.value());
        }
        return pack;
    }

    /** A pack that stands at a record, and has nothing else. */
    public static SourceRecords at(SourceRecord record) {
        SourceRecords pack = of(record);
        pack.next();
        return pack;
    }
}
