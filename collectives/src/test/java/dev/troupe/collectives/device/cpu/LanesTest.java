package dev.troupe.collectives.device.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class LanesTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void everyPieceRunsExactlyOnceInEveryOfTenThousandRuns(int count) {
    try (Lanes lanes = new Lanes(count)) {
      assertEquals(count, lanes.count());
      int[] runsOfPiece = new int[20];
      int[] expected = new int[20];
      for (int run = 0; run < 10_000; run++) {
        int pieces = run % 20;
        // Plain writes: a piece that ran twice, or whose writes were not seen, would show.
        lanes.run(pieces, piece -> runsOfPiece[piece]++);
        for (int piece = 0; piece < 20; piece++) {
          expected[piece] += piece < pieces ? 1 : 0;
          assertEquals(expected[piece], runsOfPiece[piece]);
        }
      }
    }
  }

  @Test
  void lanesWorkAtTheSameTime() {
    try (Lanes lanes = new Lanes(3)) {
      CountDownLatch allHere = new CountDownLatch(3);
      Set<Thread> threads = ConcurrentHashMap.newKeySet();
      lanes.run(
          3,
          piece -> {
            threads.add(Thread.currentThread());
            allHere.countDown();
            awaitLatch(allHere);
          });
      assertEquals(3, threads.size());
      assertTrue(threads.contains(Thread.currentThread()));
    }
  }

  @Test
  void aParkedLaneWakesUp() {
    try (Lanes lanes = new Lanes(2)) {
      for (int round = 0; round < 3; round++) {
        CountDownLatch bothHere = new CountDownLatch(2);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        lanes.run(
            2,
            piece -> {
              threads.add(Thread.currentThread());
              bothHere.countDown();
              awaitLatch(bothHere);
            });
        threads.remove(Thread.currentThread());
        awaitParked(threads.iterator().next());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void theFirstExceptionIsRethrownAndTheLanesStayUsable(int count) {
    try (Lanes lanes = new Lanes(count)) {
      IllegalStateException failure = new IllegalStateException("piece 3");
      IllegalStateException thrown =
          assertThrows(
              IllegalStateException.class,
              () ->
                  lanes.run(
                      8,
                      piece -> {
                        if (piece == 3) {
                          throw failure;
                        }
                      }));
      assertSame(failure, thrown);
      assertThrows(AssertionError.class, () -> lanes.run(2, LanesTest::failWithError));
      AtomicInteger done = new AtomicInteger();
      lanes.run(8, piece -> done.incrementAndGet());
      assertEquals(8, done.get());
    }
  }

  @Test
  void aRunInsideAPieceIsDoneByThatLane() {
    try (Lanes lanes = new Lanes(2)) {
      AtomicIntegerArray runs = new AtomicIntegerArray(40);
      lanes.run(
          4,
          outer -> {
            Thread here = Thread.currentThread();
            lanes.run(
                10,
                inner -> {
                  assertSame(here, Thread.currentThread());
                  runs.incrementAndGet(10 * outer + inner);
                });
          });
      for (int i = 0; i < 40; i++) {
        assertEquals(1, runs.get(i));
      }
    }
  }

  @Test
  void closeEndsTheThreads() {
    Lanes lanes = new Lanes(2);
    CountDownLatch bothHere = new CountDownLatch(2);
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    lanes.run(
        2,
        piece -> {
          threads.add(Thread.currentThread());
          bothHere.countDown();
          awaitLatch(bothHere);
        });
    lanes.close();
    lanes.close();
    threads.remove(Thread.currentThread());
    threads.forEach(thread -> assertFalse(thread.isAlive()));
    assertThrows(IllegalStateException.class, () -> lanes.run(2, piece -> {}));
    assertThrows(IllegalArgumentException.class, () -> new Lanes(0));
  }

  private static void failWithError(int piece) {
    throw new AssertionError("piece " + piece);
  }

  private static void awaitParked(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
