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
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;

/**
 * Watches what the tasks of a job in this JVM allocate: how much per thread, exactly, from the JVM's own count; and where, from
 * Flight Recorder's samples, scaled to that.
 */
final class AllocationTrial implements Watch<List<AllocationTrial.OfTask>> {
    private static final String SAMPLE = "jdk.ObjectAllocationSample";
    /** What these allocate counts for their callers. */
    private static final List<String> JDK = List.of("java.", "javax.", "jdk.", "sun.");

    private static final List<String> THEIRS = List.of("org.apache.flink.", "org.apache.kafka.");

    /** The only object that Flink's sink requires of the announcing code: Kafka's client takes nothing else. */
    private static final String FOR_THE_CLIENT = "org.apache.kafka.clients.producer.ProducerRecord";

    /** {@code learn -> Sink: policy (1/2)#0}: a task, its subtask, and the attempt. */
    private static final Pattern TASK = Pattern.compile("(?<task>.+) \\(\\d+/\\d+\\)#\\d+");
    /** {@code OutputFlusher for learn (1/2)#0}: a task's helper thread. */
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
     * @param ownBytesPerExperience the part neither allocated nor required by Flink or Kafka; all of it without samples
     * @param byPlace the same by the innermost method outside the JDK
     */
    record OfTask(String task, double bytesPerExperience, double ownBytesPerExperience, Map<String, Double> byPlace) {
        static OfTask of(String task, double bytes, Map<Place, Long> samples) {
            double sum = samples.values().stream().mapToLong(Long::longValue).sum();
            Map<String, Double> byPlace = new HashMap<>();
            double theirs = 0;
            for (Map.Entry<Place, Long> sample : samples.entrySet()) {
                double part = bytes * sample.getValue() / sum;
                byPlace.put(sample.getKey().toString(), part);
                theirs += sample.getKey().own() ? 0 : part;
            }
            return new OfTask(task, bytes, bytes - theirs, byPlace);
        }
    }

    /**
     * Where something was allocated.
     *
     * @param own whether it was for StreamQ's own purposes
     */
    record Place(String method, boolean own) {
        /**
         * The place for an allocation's stack.
         *
         * @param methods with the names of their types, innermost first; empty if unknown
         * @param made the type of the object
         */
        static Place of(List<String> methods, String made) {
            String method = methods.stream()
                    .filter(each -> JDK.stream().noneMatch(each::startsWith))
                    .findFirst()
                    .orElse(methods.isEmpty() ? "unknown" : methods.get(0));
            boolean theirs = made.equals(FOR_THE_CLIENT) || THEIRS.stream().anyMatch(method::startsWith);
            return new Place(simple(method) + (made.equals(FOR_THE_CLIENT) ? ", ProducerRecord" : ""), !theirs);
        }

        private static String simple(String method) {
            int ofMethod = method.lastIndexOf('.');
            return method.substring(method.lastIndexOf('.', ofMethod - 1) + 1);
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
                                .merge(placeOf(event), event.getLong("weight"), Long::sum);
                    }
                }
            }
        }
        return weightByPlaceByTask;
    }

    private static Place placeOf(RecordedEvent event) {
        List<String> methods = event.getStackTrace() == null
                ? List.of()
                : event.getStackTrace().getFrames().stream()
                        .map(RecordedFrame::getMethod)
                        .map(method -> method.getType().getName() + "." + method.getName())
                        .toList();
        return Place.of(methods, event.getClass("objectClass").getName());
    }

    @Override
    public void close() {
        recording.close();
    }
}
