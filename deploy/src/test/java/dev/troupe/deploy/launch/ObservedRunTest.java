package dev.troupe.deploy.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a launch reads of a run that its nodes coordinate, and what makes two runs two. */
class ObservedRunTest {
  private static final Instant START = Instant.parse("2026-01-02T00:00:00Z");

  @TempDir Path folder;

  private Path events(String... lines) throws IOException {
    return Files.write(folder.resolve("events.jsonl"), List.of(lines));
  }

  private static String finished(String time, int exitCode, String message) {
    return "{\"time\":\"%s\",\"event\":\"finished\",\"exit_code\":%d,\"message\":\"%s\"}"
        .formatted(time, exitCode, message);
  }

  @Test
  void theLastWordOfTheRunIsItsEnd() throws IOException {
    Path file =
        events(
            finished("2026-01-01T00:00:00Z", 0, ""),
            finished("2026-01-02T00:00:01Z", 3, "rank 1 is damaged"),
            "{\"time\":\"2026-01-02T00:00:02Z\",\"event\":\"node-lost\"}");
    EndOfRun end = EndOfRun.read(file, START).orElseThrow();
    TroupeException failure = assertThrows(TroupeException.class, end::orThrow);
    assertEquals(Category.DATA, failure.category());
    assertEquals("rank 1 is damaged", failure.getMessage());
    assertEquals(130, new EndOfRun(130, "aborted").orThrow());
    assertEquals(0, new EndOfRun(0, "").orThrow());
  }

  @Test
  void theEndOfAnEarlierLaunchIsNotThisOnes() throws IOException {
    assertEquals(
        Optional.empty(), EndOfRun.read(events(finished("2026-01-01T00:00:00Z", 0, "")), START));
    assertEquals(Optional.empty(), EndOfRun.read(events("{\"event\":\"finished\""), START));
    assertEquals(Optional.empty(), EndOfRun.read(folder.resolve("none"), START));
  }

  private static String scaled(String time, int nodes) {
    return "{\"time\":\"%s\",\"event\":\"scale-requested\",\"nodes\":%d}".formatted(time, nodes);
  }

  @Test
  void theLastRequestOfThisLaunchSaysHowManyNodesThereAreToBe() throws IOException {
    Path file = events(scaled("2026-01-01T00:00:00Z", 9));
    assertEquals(OptionalInt.empty(), WantedNodes.last(file, START));
    file =
        events(
            scaled("2026-01-02T00:00:01Z", 4),
            scaled("2026-01-02T00:00:02Z", 5),
            "{\"event\":\"scale-requested\",\"no");
    assertEquals(OptionalInt.of(5), WantedNodes.last(file, START));
  }

  @Test
  void theConsoleShowsWholeLinesOfThisLaunchOnly() throws IOException {
    Path file = folder.resolve("logs/console.log");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "an earlier launch\n");
    StringWriter shown = new StringWriter();
    try (ConsoleTail tail = ConsoleTail.of(file, new PrintWriter(shown))) {
      Files.writeString(file, "one\ntwö\nthr", StandardOpenOption.APPEND);
    }
    assertEquals("one\ntwö\n", shown.toString());
  }

  @Test
  void allNodesOfARunGiveItOneNameAndAnotherRunHasAnother() throws IOException {
    List<String> names =
        IntStream.range(0, 8).parallel().mapToObj(i -> RunIdentity.of(folder)).distinct().toList();
    assertEquals(1, names.size());
    assertNotEquals(names.getFirst(), RunIdentity.of(folder.resolve("other")));
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(2, files.count(), "no temporary file is left");
    }
    Files.writeString(folder.resolve("run-id"), "../../etc\n");
    TroupeException failure =
        assertThrows(TroupeException.class, () -> RunIdentity.journal(folder, "node-1"));
    assertEquals(Category.DATA, failure.category());
    assertTrue(String.valueOf(failure.getMessage()).contains("run-id"));
  }
}
