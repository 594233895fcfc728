package io.streamq.job.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class SourceRecordsTest {
    private static final byte[] RECEIVED = {9, 9, 1, 2, 3, 9, 9, 9};
    private static final byte[] VALUE = {1, 2, 3};

    private static ByteBuffer at(ByteBuffer received) {
        return received.position(2).limit(5);
    }

    /** Kafka's client hands out slices of what it received. */
    @Test
    void aRecordIsTakenFromAnyBufferWhichStaysAsItIs() {
        ByteBuffer direct = ByteBuffer.allocateDirect(RECEIVED.length).put(RECEIVED);
        for (ByteBuffer value : new ByteBuffer[] {
            ByteBuffer.wrap(VALUE),
            at(ByteBuffer.wrap(RECEIVED)),
            at(ByteBuffer.wrap(RECEIVED)).slice(),
            at(ByteBuffer.wrap(RECEIVED)).asReadOnlyBuffer(),
            at(direct),
        }) {
            int position = value.position();
            SourceRecords records = new SourceRecords();
            records.add(7, 8, 9, null, value);
            records.add(7, 9, 9, value, null);
            assertThat(value.position()).isEqualTo(position);

            assertThat(records.next()).isTrue();
            assertThat(records.record()).usingRecursiveComparison().isEqualTo(new SourceRecord(7, 8, 9, null, VALUE));
            assertThat(records.next()).isTrue();
            assertThat(records.record()).usingRecursiveComparison().isEqualTo(new SourceRecord(7, 9, 9, VALUE, null));
            assertThat(records.next()).isFalse();
        }
    }
}
