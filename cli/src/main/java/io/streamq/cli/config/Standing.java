package io.streamq.cli.config;

import io.streamq.cli.config.ControlTopics.Place;
import io.streamq.schemas.PolicyConfigOutcome;
import io.streamq.schemas.PolicyConfigStatus;
import java.util.Comparator;
import java.util.List;

/**
 * What a job's shards reported of a policy.
 *
 * @param words the last report of each shard, including shards of earlier attempts
 */
record Standing(List<PolicyConfigStatus> words) {
    static final Standing SILENT = new Standing(List.of());

    /** How many shards the job has; 0 if none ever reported. */
    int shards() {
        return words.stream()
                .max(Comparator.comparing(PolicyConfigStatus::getUpdatedAt))
                .map(PolicyConfigStatus::getShards)
                .orElse(0);
    }

    /** The reports of shards that have read a configuration. */
    private List<PolicyConfigStatus> of(Place place) {
        int shards = shards();
        return words.stream()
                .filter(word -> word.getShard() < shards
                        && word.getShards() == shards
                        && word.getPartition() == place.partition()
                        && word.getOffset() >= place.offset())
                .toList();
    }

    /** How many shards have it in force. A shard that refused a later one had this one before. */
    long applied(Place place) {
        return of(place).stream()
                .filter(word -> word.getOutcome() != PolicyConfigOutcome.REFUSED || word.getOffset() > place.offset())
                .count();
    }

    boolean isAppliedEverywhere(Place place) {
        return shards() > 0 && applied(place) == shards();
    }

    /** Whether no crash can undo it on any shard. */
    boolean isDurable(Place place) {
        return isAppliedEverywhere(place) && of(place).stream().allMatch(PolicyConfigStatus::getDurable);
    }

    /** Why it was refused; empty if it was not. */
    List<String> violations(Place place) {
        return of(place).stream()
                .filter(word -> word.getOutcome() == PolicyConfigOutcome.REFUSED && word.getOffset() == place.offset())
                .findFirst()
                .map(PolicyConfigStatus::getViolations)
                .orElse(List.of());
    }

    /** Why a policy's last record is refused: as a shard reports, or will once it reads it. Empty if it is not refused. */
    List<String> violations(Configured configured) {
        List<String> said = violations(configured.place());
        // A job of a later release may accept what this release does not know.
        return said.isEmpty() && applied(configured.place()) == 0 ? configured.violations() : said;
    }

    /** Whether the policy is deleted everywhere, and no crash can bring it back. */
    boolean isGone(Configured configured) {
        return configured.isDeleted() && isDurable(configured.place());
    }

    /** In a few words, of the last record of a policy. */
    String describe(Configured configured) {
        if (!violations(configured).isEmpty()) {
            return "refused";
        }
        return (configured.isDeleted() ? "deleted: " : "") + describe(configured.place());
    }

    private String describe(Place place) {
        long applied = applied(place);
        int shards = shards();
        if (applied == 0) {
            return "no job yet";
        }
        if (applied < shards) {
            return "on " + applied + " of " + shards + " shards";
        }
        return isDurable(place) ? "in force" : "in force, in no checkpoint yet";
    }
}
