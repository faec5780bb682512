package dev.troupe.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.ProfileSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The trace of a job's steps tells what ran, when, and changes no result. */
class ProfileTest {
  @TempDir Path folder;

  @Test
  void shouldTraceTheStepsThatAreAskedForAndNoOther() throws IOException {
    JobSpec plain = MeshParityTest.exact(2, 1, false);
    JobSpec traced = JobCopies.traced(plain, folder, new ProfileSpec(2, 2));
    assertEquals(MeshParityTest.losses(plain, null, 4), MeshParityTest.losses(traced, null, 4));
    for (int rank = 0; rank < 2; rank++) {
      check(events(rank), rank);
    }
  }

  @Test
  void shouldWriteNothingWhereNoTraceIsAskedFor() throws IOException {
    MeshParityTest.losses(
        JobCopies.traced(MeshParityTest.exact(1, 1, false), folder, ProfileSpec.off()), null, 4);
    try (var files = Files.list(folder)) {
      assertEquals(List.of(), files.toList());
    }
  }

  private void check(JsonArray events, int rank) {
    List<JsonObject> spans = spans(events);
    Set<String> names =
        spans.stream()
            .map(span -> span.get("name").getAsString().split(" ", 2)[0])
            .collect(Collectors.toSet());
    for (String expected :
        List.of("forward", "loss", "AdamW", "gradient", "matmul", "attention", "rmsNormBackward")) {
      assertTrue(names.contains(expected), expected + " is missing of " + names);
    }
    assertEquals(
        2, spans.stream().filter(s -> s.get("name").getAsString().equals("AdamW")).count());
    assertTrue(names.contains("allReduce"), "the tensor-parallel group's collectives are missing");
    for (JsonObject span : spans) {
      assertTrue(span.get("ts").getAsDouble() >= 0 && span.get("dur").getAsDouble() >= 0);
      assertEquals(rank, span.get("pid").getAsInt());
    }
    assertWithinAPhase(spans);
  }

  /** Every kernel of the forward pass lies inside a phase. */
  private static void assertWithinAPhase(List<JsonObject> spans) {
    List<JsonObject> phases =
        spans.stream()
            .filter(s -> s.get("name").getAsString().equals("loss and backward"))
            .toList();
    assertFalse(phases.isEmpty());
    spans.stream()
        .filter(s -> s.get("name").getAsString().startsWith("attentionBackward"))
        .forEach(
            kernel ->
                assertTrue(
                    phases.stream().anyMatch(phase -> contains(phase, kernel)),
                    () -> "outside of the backward pass: " + kernel));
  }

  private static boolean contains(JsonObject outer, JsonObject inner) {
    double rounding = 0.01;
    return outer.get("ts").getAsDouble() <= inner.get("ts").getAsDouble() + rounding
        && end(inner) <= end(outer) + rounding;
  }

  private static double end(JsonObject span) {
    return span.get("ts").getAsDouble() + span.get("dur").getAsDouble();
  }

  private static List<JsonObject> spans(JsonArray events) {
    return StreamSupport.stream(events.spliterator(), false)
        .map(JsonElement::getAsJsonObject)
        .filter(event -> event.get("ph").getAsString().equals("X"))
        .toList();
  }

  private JsonArray events(int rank) throws IOException {
    Path file = folder.resolve("profile").resolve("rank-%05d.json".formatted(rank));
    return JsonParser.parseString(Files.readString(file))
        .getAsJsonObject()
        .getAsJsonArray("traceEvents");
  }
}
