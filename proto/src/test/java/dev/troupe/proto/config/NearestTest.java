package dev.troupe.proto.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
  @Test
  void theDistanceCountsEdits() {
    assertEquals(0, Nearest.distance("clip", "clip"));
    assertEquals(1, Nearest.distance("clip", "clipp"));
    assertEquals(3, Nearest.distance("kitten", "sitting"));
    assertEquals(4, Nearest.distance("", "clip"));
  }

  @Test
  void theWholeKeyCountsMoreThanItsLastWord() {
    List<String> known = List.of("checkpoint.every", "data.validation.every", "log.every");
    assertEquals("log.every", Nearest.of("log.evry", known));
    assertEquals("checkpoint.every", Nearest.of("checkpoints.every", known));
  }
}
