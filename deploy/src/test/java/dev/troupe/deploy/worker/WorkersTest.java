package dev.troupe.deploy.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.spec.ClusterSpec;
import dev.troupe.proto.spec.CudaSpec;
import dev.troupe.proto.spec.ElasticSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real worker processes without a mesh. */
class WorkersTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Pattern PID = Pattern.compile("\\(pid (\\d+)\\)");

  @TempDir private Path folder;

  private Workers start(int processes, int restarts, double timeout) {
    ElasticSpec elastic = new ElasticSpec(1, 0, 0, true, restarts, timeout, 1800);
    return Workers.start(
        new Workers.Start(
            new NodeInfo("here", "h", 2, 0, List.of()),
            "cpu",
            processes,
            0,
            CudaSpec.defaults(),
            aDeviceEach(),
            elastic,
            folder,
            Optional.empty(),
            Optional.of(folder.resolve("memory")),
            false));
  }

  private static ClusterSpec aDeviceEach() {
    ClusterSpec alone = ClusterSpec.alone();
    return new ClusterSpec(
        alone.transport(),
        alone.host(),
        alone.port(),
        null,
        alone.tls(),
        alone.data(),
        true,
        1,
        1,
        alone.api());
  }

  private static List<Long> pids(Workers workers) {
    return workers.describe().stream()
        .map(
            text -> {
              Matcher matcher = PID.matcher(text);
              assertTrue(matcher.find(), text);
              return Long.parseLong(matcher.group(1));
            })
        .toList();
  }

  private static List<String> names(Workers workers) {
    return workers.info().devices().stream().map(DeviceInfo::process).toList();
  }

  private static void signal(String name, long pid) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).inheritIO().start();
    assertEquals(0, kill.waitFor(), "kill -" + name);
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, what);
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private List<String> memory() throws IOException {
    try (Stream<Path> folders = Files.list(folder.resolve("memory"))) {
      return folders.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aProcessThatIsKilledIsFollowedByAnotherOne() throws Exception {
    try (Workers workers = start(2, 5, 2.5)) {
      workers.await();
      List<Long> pids = pids(workers);
      List<String> names = names(workers);

      signal("KILL", pids.getFirst());
      await("its device goes", () -> workers.info().devices().size() == 1);
      await("its device comes back", () -> workers.info().devices().size() == 2);

      assertNotEquals(names.getFirst(), names(workers).getFirst());
      assertEquals(names.getLast(), names(workers).getLast());
      assertEquals(pids.getLast(), pids(workers).getLast());
      assertEquals(names(workers).stream().sorted().toList(), memory());
    }
    assertEquals(List.of(), memory());
  }

  @Test
  void aProcessThatStandsStillForTooLongIsReplacedAndOneThatPausesIsNot() throws Exception {
    try (Workers workers = start(1, 5, 1.0)) {
      workers.await();
      long pid = pids(workers).getFirst();

      signal("STOP", pid);
      CompletableFuture.runAsync(
              () -> {}, CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS))
          .join();
      signal("CONT", pid);
      CompletableFuture.runAsync(
              () -> {}, CompletableFuture.delayedExecutor(1_200, TimeUnit.MILLISECONDS))
          .join();
      assertEquals(List.of(pid), pids(workers), "a short pause");

      signal("STOP", pid);
      long began = System.nanoTime();
      await("it is given up", () -> workers.info().devices().isEmpty());
      double seconds = (System.nanoTime() - began) / 1e9;
      assertTrue(seconds > 0.9 && seconds < 4, "given up after " + seconds + " s");
      await("another one comes", () -> workers.info().devices().size() == 1);
      assertNotEquals(pid, pids(workers).getFirst());
    }
  }

  @Test
  void afterTheLastRestartTheNodeIsToldToEnd() throws Exception {
    try (Workers workers = start(1, 1, 2.5)) {
      workers.await();
      signal("KILL", pids(workers).getFirst());
      await("its device goes", () -> workers.info().devices().isEmpty());
      await("another one comes", () -> workers.info().devices().size() == 1);
      CompletableFuture<String> end = workers.onEnd().toCompletableFuture();
      assertFalse(end.isDone());

      signal("KILL", pids(workers).getFirst());

      String words = end.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      assertTrue(words.contains("SIGKILL") && words.contains("elastic.restarts"), words);
      assertEquals(List.of(), workers.info().devices());
    }
  }
}
