package dev.troupe.deploy.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class RestartsTest {
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Duration LATE = Duration.ofMinutes(1);

  private static long pause(Restarts restarts, Duration lived) {
    return restarts.next(lived).orElseThrow().toMillis();
  }

  @Test
  void pausesGrowWhileTheProcessEndsSoon() {
    Restarts restarts = new Restarts(100);
    List<Long> pauses = LongStream.range(0, 8).map(i -> pause(restarts, SOON)).boxed().toList();
    assertEquals(List.of(0L, 500L, 1_000L, 2_000L, 4_000L, 8_000L, 10_000L, 10_000L), pauses);
  }

  @Test
  void aProcessThatServedForLongIsStartedAtOnce() {
    Restarts restarts = new Restarts(100);
    assertEquals(0, pause(restarts, SOON));
    assertEquals(500, pause(restarts, SOON));
    assertEquals(0, pause(restarts, LATE));
    assertEquals(500, pause(restarts, SOON));
  }

  @Test
  void afterTheLimitThereAreNoMore() {
    Restarts restarts = new Restarts(2);
    assertEquals(0, pause(restarts, LATE));
    assertEquals(0, pause(restarts, LATE));
    assertEquals(Optional.empty(), restarts.next(LATE));
    assertEquals(2, restarts.done());
    assertEquals(Optional.empty(), new Restarts(0).next(LATE));
  }
}
