package io.streamq.benchmarks.memory;

import com.sun.management.ThreadMXBean;
import io.streamq.benchmarks.contest.AllocationRun.Watch;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;

/**
 * Watches what the tasks of a job in this JVM allocate: how much each thread does, exactly, from the JVM's own count; and where,
 * from samples that Flight Recorder takes, scaled to that.
 */
final class AllocationTrial implements Watch<List<AllocationTrial.OfTask>> {
    private static final String SAMPLE = "jdk.ObjectAllocationSample";
    private static final String OURS = "io.streamq.";

    /** {@code learn -> Sink: policy (1/2)#0}: a task, which of how many, and the attempt. */
    private static final Pattern TASK = Pattern.compile("(?<task>.+) \\(\\d+/\\d+\\)#\\d+");
    /** {@code OutputFlusher for learn (1/2)#0}: a helper of a task's. */
    private static final String HELPER = " for ";

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final Recording recording = new Recording();
    private Map<String, Long> before = Map.of();
    private Instant begin = Instant.MAX;

    /** Begins to sample, which takes a moment. */
    AllocationTrial() {
        recording.enable(SAMPLE).with("throttle", "2000/s").withStackTrace();
        recording.start();
    }

    @Override
    public void begin() {
        begin = Instant.now();
        before = allocatedByTask();
    }

    /**
     * What a task allocated.
     *
     * @param byPlace the same by the innermost method of StreamQ that asked for it, else by Flink's, Kafka's or the JDK's package
     */
    record OfTask(String task, double bytesPerExperience, Map<String, Double> byPlace) {}

    @Override
    public List<OfTask> end(long experiences, Path work) throws IOException {
        Map<String, Long> now = allocatedByTask();
        recording.stop();
        Path file = work.resolve("allocations.jfr");
        recording.dump(file);
        Map<String, Map<String, Long>> samples = samples(file, begin);
        return now.entrySet().stream()
                .map(each -> {
                    double bytes = (double) (each.getValue() - before.getOrDefault(each.getKey(), 0L)) / experiences;
                    return new OfTask(each.getKey(), bytes, scaled(samples.get(each.getKey()), bytes));
                })
                .toList();
    }

    private Map<String, Long> allocatedByTask() {
        Map<String, Long> byTask = new TreeMap<>();
        for (long id : threads.getAllThreadIds()) {
            var info = threads.getThreadInfo(id);
            String task = info == null ? null : taskOf(info.getThreadName());
            if (task != null) {
                byTask.merge(task, threads.getThreadAllocatedBytes(id), Long::sum);
            }
        }
        return byTask;
    }

    private static @Nullable String taskOf(String thread) {
        Matcher matcher = TASK.matcher(thread);
        return matcher.matches() && !thread.contains(HELPER) ? matcher.group("task") : null;
    }

    private static Map<String, Map<String, Long>> samples(Path file, Instant begin) throws IOException {
        Map<String, Map<String, Long>> weightByPlaceByTask = new HashMap<>();
        try (RecordingFile events = new RecordingFile(file)) {
            while (events.hasMoreEvents()) {
                RecordedEvent event = events.readEvent();
                if (event.getEventType().getName().equals(SAMPLE)
                        && event.getThread() != null
                        && event.getStartTime().isAfter(begin)) {
                    String task = taskOf(event.getThread().getJavaName());
                    if (task != null) {
                        weightByPlaceByTask
                                .computeIfAbsent(task, name -> new HashMap<>())
                                .merge(placeOf(event), event.getLong("weight"), Long::sum);
                    }
                }
            }
        }
        return weightByPlaceByTask;
    }

    private static String placeOf(RecordedEvent event) {
        if (event.getStackTrace() == null) {
            return "unknown";
        }
        List<RecordedFrame> frames = event.getStackTrace().getFrames();
        return frames.stream()
                .map(RecordedFrame::getMethod)
                .filter(method -> method.getType().getName().startsWith(OURS))
                .findFirst()
                .map(AllocationTrial::nameOf)
                .orElseGet(() -> "not ours: " + nameOf(frames.get(0).getMethod()));
    }

    private static String nameOf(RecordedMethod method) {
        String type = method.getType().getName();
        return type.substring(type.lastIndexOf('.') + 1) + "." + method.getName();
    }

    private static Map<String, Double> scaled(@Nullable Map<String, Long> weights, double bytes) {
        Map<String, Double> byPlace = new HashMap<>();
        if (weights != null) {
            double sum = weights.values().stream().mapToLong(Long::longValue).sum();
            weights.forEach((place, weight) -> byPlace.put(place, bytes * weight / sum));
        }
        return byPlace;
    }

    @Override
    public void close() {
        recording.close();
    }
}
