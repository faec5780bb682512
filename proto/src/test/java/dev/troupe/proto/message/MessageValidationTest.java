package dev.troupe.proto.message;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class MessageValidationTest {
  private static final Fence FENCE = new Fence(1, 1);

  @Test
  void refusedValuesAreNamed() {
    refused("epoch", () -> new Fence(1, -1));
    refused("step", () -> new PrepareStep(FENCE, 0));
    refused("'x/../y'", () -> new WriteShard(FENCE, 1, "x/../y"));
    refused("'/x/../y'", () -> new MeshJob("", 1, 1, "/x/../y", 1));
    refused("not a path", () -> new WriteShard(FENCE, 1, "/a\0b"));
    refused(
        "rank 2 outside a mesh of 2",
        () -> new AssignRanks(FENCE, new MeshJob("", 2, 1, null, 0), List.of(new RankPlace(2, 0))));
  }

  @Test
  void fencesGrow() {
    Fence first = new Fence(1, 4);

    assertTrue(first.compareTo(first.next()) < 0);
    assertTrue(new Fence(2, 0).compareTo(first) > 0);
  }

  private static void refused(String part, Executable code) {
    String message = assertThrows(IllegalArgumentException.class, code).toString();
    assertTrue(message.contains(part), message);
  }
}
