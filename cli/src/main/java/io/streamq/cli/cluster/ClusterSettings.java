package io.streamq.cli.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How a cluster was started, for later commands.
 *
 * @param slots of each TaskManager
 * @param brokers number of Kafka brokers, if there are any at all
 * @param stateBackend {@code hashmap} or {@code rocksdb}
 * @param flink further settings of Flink, which override StreamQ's
 */
record ClusterSettings(
        int taskManagers,
        int slots,
        String stateBackend,
        boolean kafka,
        int brokers,
        boolean highAvailability,
        Ports ports,
        Map<String, String> flink) {

    /**
     * All on 127.0.0.1; a service that is not part of the cluster has one reserved, in case it becomes one.
     *
     * @param kafka of each broker
     * @param kafkaControllers of each broker, for the brokers among themselves
     */
    record Ports(int rest, int rpc, List<Integer> kafka, List<Integer> kafkaControllers, int zooKeeper) {}

    ClusterSettings withPorts(Ports others) {
        return new ClusterSettings(taskManagers, slots, stateBackend, kafka, brokers, highAvailability, others, flink);
    }

    String kafkaAddress() {
        return IntStream.rangeClosed(1, brokers).mapToObj(this::brokerAddress).collect(Collectors.joining(","));
    }

    String brokerAddress(int number) {
        return "127.0.0.1:" + ports.kafka.get(number - 1);
    }

    String webAddress() {
        return "http://127.0.0.1:" + ports.rest;
    }

    /** As many slots as remain when a TaskManager is lost, so that the job can continue without it. */
    int defaultParallelism() {
        return Math.max(1, taskManagers - 1) * slots;
    }

    /** What cannot change while processes run, a phrase for each. TaskManagers can always be added. */
    List<String> conflictsWith(ClusterSettings running) {
        List<String> conflicts = new ArrayList<>();
        if (taskManagers < running.taskManagers) {
            conflicts.add("--taskmanagers " + running.taskManagers);
        }
        if (slots != running.slots) {
            conflicts.add("--slots " + running.slots);
        }
        if (!stateBackend.equals(running.stateBackend)) {
            conflicts.add("--state-backend " + running.stateBackend);
        }
        if (kafka != running.kafka) {
            conflicts.add(running.kafka ? "--kafka" : "no --kafka");
        }
        if (brokers != running.brokers) {
            conflicts.add("--brokers " + running.brokers);
        }
        if (highAvailability != running.highAvailability) {
            conflicts.add(running.highAvailability ? "--high-availability" : "no --high-availability");
        }
        if (!flink.equals(running.flink)) {
            conflicts.add(running.flink.isEmpty() ? "no -D" : "-D " + running.flink);
        }
        return conflicts;
    }
}
