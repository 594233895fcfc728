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
    /** What these make is made for whoever called them. */
    private static final List<String> JDK = List.of("java.", "javax.", "jdk.", "sun.");

    /** What Flink and Kafka ask for when they are called, such as a {@code ProducerRecord}, whoever makes it. */
    private static final String THEIRS = "org.apache.";

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
     * @param ownBytesPerExperience that part which neither Flink nor Kafka made nor asked for
     * @param byPlace the same by the innermost method outside the JDK
     */
    record OfTask(String task, double bytesPerExperience, double ownBytesPerExperience, Map<String, Double> byPlace) {
        static OfTask of(String task, double bytes, Map<Place, Long> samples) {
            double sum = samples.values().stream().mapToLong(Long::longValue).sum();
            Map<String, Double> byPlace = new HashMap<>();
            samples.forEach((place, weight) -> byPlace.put(place.toString(), bytes * weight / sum));
            double own = samples.entrySet().stream()
                    .filter(sample -> sample.getKey().own())
                    .mapToDouble(sample -> bytes * sample.getValue() / sum)
                    .sum();
            return new OfTask(task, bytes, own, byPlace);
        }
    }

    /**
     * Where something was allocated.
     *
     * @param own whether it was for StreamQ's own ends
     */
    private record Place(String method, boolean own) {
        static Place of(RecordedEvent event) {
            if (event.getStackTrace() == null) {
                return new Place("unknown", true);
            }
            List<RecordedFrame> frames = event.getStackTrace().getFrames();
            RecordedMethod method = frames.stream()
                    .map(RecordedFrame::getMethod)
                    .filter(each -> JDK.stream().noneMatch(each.getType().getName()::startsWith))
                    .findFirst()
                    .orElseGet(() -> frames.get(0).getMethod());
            boolean ours = method.getType().getName().startsWith(OURS);
            String made = event.getClass("objectClass").getName();
            return ours && made.startsWith(THEIRS)
                    ? new Place(simpleName(made) + " of " + nameOf(method), false)
                    : new Place(nameOf(method), ours);
        }

        private static String nameOf(RecordedMethod method) {
            return simpleName(method.getType().getName()) + "." + method.getName();
        }

        private static String simpleName(String type) {
            return type.substring(type.lastIndexOf('.') + 1);
        }

        @Override
        public String toString() {
            return own ? method : "not ours: " + method;
        }
    }

    @Override
    public List<OfTask> end(long experiences, Path work) throws IOException {
        Map<String, Long> now = allocatedByTask();
        recording.stop();
        Path file = work.resolve("allocations.jfr");
        recording.dump(file);
        Map<String, Map<Place, Long>> samples = samples(file, begin);
        return now.entrySet().stream()
                .map(each -> {
                    double bytes = (double) (each.getValue() - before.getOrDefault(each.getKey(), 0L)) / experiences;
                    return OfTask.of(each.getKey(), bytes, samples.getOrDefault(each.getKey(), Map.of()));
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

    private static Map<String, Map<Place, Long>> samples(Path file, Instant begin) throws IOException {
        Map<String, Map<Place, Long>> weightByPlaceByTask = new HashMap<>();
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
                                .merge(Place.of(event), event.getLong("weight"), Long::sum);
                    }
                }
            }
        }
        return weightByPlaceByTask;
    }

    @Override
    public void close() {
        recording.close();
    }
}
