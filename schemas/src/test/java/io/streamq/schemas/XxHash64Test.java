package io.streamq.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class XxHash64Test {
    @Test
    void nothingHasTheHashOfTheSpecification() {
        assertThat(XxHash64.hash(new byte[0])).isEqualTo(0xEF46DB3751D8E999L);
        assertThat(XxHash64.hash(-1, -1, 0)).isEqualTo(0xEF46DB3751D8E999L);
    }

    @Test
    void bytesInTwoWordsHaveTheHashOfTheSameBytesInAnArray() {
        SplittableRandom random = new SplittableRandom(1);
        byte[] bytes = new byte[16];
        ByteBuffer words = ByteBuffer.wrap(bytes);
        for (int i = 0; i < 1000; i++) {
            random.nextBytes(bytes);
            for (int length = 0; length <= 16; length++) {
                assertThat(XxHash64.hash(words.getLong(0), words.getLong(8), length))
                        .as("%d bytes", length)
                        .isEqualTo(XxHash64.hash(bytes, 0, length));
            }
        }
    }
}
