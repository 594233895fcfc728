package io.streamq.cli.cluster;

import io.streamq.schemas.AvroCodec;
import io.streamq.schemas.Experience;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Makes values that are good, that are random bytes, and that were good until they were damaged. What was damaged has a state of
 * its own that a single damage makes nobody else's: else it would depend on what came before whether it can be learnt from.
 */
final class BadInput {
    private static final int MOST_RANDOM_BYTES = 200;
    private static final int MOST_DAMAGES = 3;

    private final AvroCodec<Experience> codec = AvroCodec.experience();
    private final SplittableRandom random;
    private final byte[] head;
    private int damaged;

    /**
     * @param head what a value begins with, so that not all random ones are told at a glance
     */
    BadInput(SplittableRandom random, byte[] head) {
        this.random = random;
        this.head = head;
    }

    byte[] good() {
        return codec.encode(
                experience("s" + random.nextInt(ExperienceFeed.STATES)).build());
    }

    byte[] random() {
        byte[] bytes = new byte[random.nextInt(MOST_RANDOM_BYTES)];
        random.nextBytes(bytes);
        if (random.nextBoolean()) {
            System.arraycopy(head, 0, bytes, 0, Math.min(head.length, bytes.length));
        }
        return bytes;
    }

    byte[] damaged() {
        damaged++;
        Experience.Builder experience = experience("m" + damaged + "-" + damaged * 7919L % 1_000_003);
        addOptionalFields(experience);
        byte[] bytes = codec.encode(experience.build());
        int damages = random.nextInt(1, MOST_DAMAGES + 1);
        for (int i = 0; i < damages; i++) {
            bytes = damage(bytes);
        }
        return bytes;
    }

    private Experience.Builder experience(String state) {
        boolean terminated = random.nextInt(20) == 0;
        return Experience.newBuilder()
                .setState(state)
                .setAction(random.nextInt(ExperienceFeed.ACTIONS))
                .setReward(random.nextDouble(-1, 1))
                .setNextState(terminated ? null : "s" + random.nextInt(ExperienceFeed.STATES))
                .setTerminated(terminated);
    }

    private void addOptionalFields(Experience.Builder experience) {
        if (random.nextBoolean()) {
            experience.setAgentId("agent-" + random.nextInt(10));
            experience.setEpisodeId("e" + random.nextInt(1_000));
            experience.setStep(random.nextLong(1_000));
        }
        if (random.nextBoolean()) {
            experience.setDiscount(random.nextDouble());
        }
        if (random.nextBoolean()) {
            List<Integer> all =
                    IntStream.range(0, ExperienceFeed.ACTIONS).boxed().toList();
            experience.setLegalActions(random.nextBoolean() ? all : List.of(experience.getAction()));
        }
        if (random.nextBoolean()) {
            experience.setNextAction(random.nextInt(ExperienceFeed.ACTIONS));
            experience.setBehaviorProbability(random.nextDouble());
        }
    }

    private byte[] damage(byte[] bytes) {
        if (bytes.length == 0) {
            return bytes;
        }
        int at = random.nextInt(bytes.length);
        byte[] other = bytes.clone();
        switch (random.nextInt(6)) {
            case 0 -> other[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            case 1 -> other[at] = (byte) random.nextInt();
            case 2 -> other = Arrays.copyOf(bytes, at);
            case 3 -> {
                other = Arrays.copyOf(bytes, bytes.length - 1);
                System.arraycopy(bytes, at + 1, other, at, other.length - at);
            }
            case 4 -> {
                other = Arrays.copyOf(bytes, bytes.length + 1);
                System.arraycopy(bytes, at, other, at + 1, bytes.length - at);
            }
            default -> other = Arrays.copyOf(bytes, bytes.length + random.nextInt(1, 4));
        }
        return other;
    }
}
