package dev.troupe.deploy.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two thousand steps over four worker processes, with validations and checkpoints: nothing grows.
 * What is looked at: every process's resident memory, threads and open files, and the files of
 * shared memory (media driver and buffers).
 */
class SoakTest {
  private static final int STEPS = 2_000;
  private static final int EVERY = 250;

  /** From here on compilers, caches and heaps have what they need. */
  private static final int WARM = 750;

  private static final long LIMIT_SECONDS = 400;

  @TempDir private Path folder;

  /** What one process holds. */
  private record Use(long residentKib, long threads, long files) {
    static Use of(ProcessHandle process) throws IOException {
      Path proc = Path.of("/proc", Long.toString(process.pid()));
      Map<String, Long> status = new TreeMap<>();
      for (String line : Files.readAllLines(proc.resolve("status"))) {
        if (line.startsWith("VmRSS:") || line.startsWith("Threads:")) {
          status.put(line.split(":", 2)[0], Long.parseLong(line.replaceAll("\\D", "")));
        }
      }
      try (Stream<Path> files = Files.list(proc.resolve("fd"))) {
        return new Use(
            status.getOrDefault("VmRSS", 0L), status.getOrDefault("Threads", 0L), files.count());
      }
    }
  }

  private record Sample(Map<Long, Use> processes, long sharedFiles, long sharedBytes) {}

  @Test
  void nothingGrows() throws Exception {
    Program program = new Program(folder);
    String[] command =
        program.launch(
            2,
            2,
            new String[] {"parallel.tp=2", "parallel.dp=2", "train.steps=" + STEPS},
            "worker.devices-per-process=1",
            "log.every=" + EVERY,
            "checkpoint.every=500",
            "data.validation.every=200");
    List<Sample> samples = new ArrayList<>();
    try (Child child = program.start(Map.of(), List.of(), LIMIT_SECONDS, command)) {
      for (int step = EVERY; step < STEPS; step += EVERY) {
        child.awaitLine(" " + step + "/" + STEPS);
        if (step >= WARM) {
          samples.add(sample(child));
        }
      }
      child.end().succeeded();
    }
    assertEquals(STEPS, program.files().steps().size());
    assertEquals(List.of(), Processes.left(folder));
    Sample first = samples.getFirst();
    assertEquals(8, first.processes().size(), "launch, driver, 2 agents, 4 workers");
    for (Sample later : samples) {
      compare(first, later);
    }
  }

  private static Sample sample(Child child) throws IOException {
    Map<Long, Use> uses = new TreeMap<>();
    List<ProcessHandle> all = new ArrayList<>(Processes.below(child.handle()));
    all.add(child.handle());
    List<String> roots = new ArrayList<>();
    for (ProcessHandle process : all) {
      uses.put(process.pid(), Use.of(process));
      roots.addAll(sharedFiles(process));
    }
    long bytes = 0;
    List<String> files = roots.stream().distinct().toList();
    for (String file : files) {
      bytes += Files.size(Path.of(file));
    }
    return new Sample(uses, files.size(), bytes);
  }

  /** Files of shared memory that a process has mapped. */
  private static List<String> sharedFiles(ProcessHandle process) throws IOException {
    Path maps = Path.of("/proc", Long.toString(process.pid()), "maps");
    return Files.readAllLines(maps).stream()
        .filter(line -> line.contains("/dev/shm/"))
        .map(line -> line.substring(line.indexOf("/dev/shm/")))
        .filter(file -> Files.exists(Path.of(file)))
        .toList();
  }

  /** A few threads and files come and go; memory has the noise of heaps. */
  private static void compare(Sample first, Sample later) {
    String both = first + "\n" + later;
    assertEquals(first.sharedFiles(), later.sharedFiles(), both);
    assertEquals(first.sharedBytes(), later.sharedBytes(), both);
    first
        .processes()
        .forEach(
            (pid, before) -> {
              Use now = later.processes().get(pid);
              assertTrue(now != null, () -> pid + " is gone: " + both);
              assertTrue(now.threads() <= before.threads() + 4, () -> pid + ": " + both);
              assertTrue(now.files() <= before.files() + 4, () -> pid + ": " + both);
              long bound = before.residentKib() + before.residentKib() / 10 + 16 * 1024;
              assertTrue(now.residentKib() <= bound, () -> pid + ": " + both);
            });
  }
}
