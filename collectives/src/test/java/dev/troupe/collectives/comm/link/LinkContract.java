package dev.troupe.collectives.comm.link;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.comm.Pending;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.comm.TestData;
import dev.troupe.collectives.comm.local.LocalCommunicators;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.collectives.mesh.ProcessGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds over every transport. */
@Timeout(120)
abstract class LinkContract {
  private final CpuDevice device = new CpuDevice("cpu:0", 1);
  private final EveryCollective collectives = new EveryCollective(device);

  abstract Planes.Transport transport();

  @AfterEach
  void closeDevice() {
    device.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void everyCollectiveGivesTheBitsThatThreadsOfOneProcessGet(int size) {
    LocalCommunicators local = new LocalCommunicators();
    List<Communicator> threads =
        IntStream.range(0, size)
            .mapToObj(rank -> local.open(1, new DeviceMesh(1, size).world(), rank))
            .toList();
    List<List<byte[]>> expected = Planes.run(threads, collectives::all);
    try (Planes planes = Planes.open(transport(), size)) {
      assertSame(expected, planes.run(1, size, collectives::all));
    }
  }

  @Test
  void ranksThatShareProcessesGetTheSameBits() {
    LocalCommunicators local = new LocalCommunicators();
    List<Communicator> threads =
        IntStream.range(0, 4)
            .mapToObj(rank -> local.open(1, new DeviceMesh(1, 4).world(), rank))
            .toList();
    Planes.Body<List<byte[]>> body =
        comm -> {
          List<byte[]> results = new ArrayList<>();
          collectives.reduce(comm, DataType.FLOAT32, 50_001, results);
          return results;
        };
    List<List<byte[]>> expected = Planes.run(threads, body);
    try (Planes planes = Planes.open(transport(), 2)) {
      assertSame(expected, planes.run(1, 4, body));
    }
  }

  private static void assertSame(List<List<byte[]>> expected, List<List<byte[]>> actual) {
    for (int rank = 0; rank < expected.size(); rank++) {
      assertEquals(expected.get(rank).size(), actual.get(rank).size());
      for (int i = 0; i < expected.get(rank).size(); i++) {
        assertArrayEquals(
            expected.get(rank).get(i), actual.get(rank).get(i), "rank " + rank + " result " + i);
      }
    }
  }

  @Test
  void startingACollectiveDoesNotWaitForTheOthers() throws InterruptedException {
    try (Planes planes = Planes.open(transport(), 2)) {
      Communicator first = planes.communicator(1, 2, 0);
      BufferView mine = ones(64);
      Pending pending = first.allReduce(mine, ReduceOp.SUM);
      BufferView theirs = ones(64);
      // Only now does the other rank come to life, so the line above cannot have waited for it.
      Communicator second = planes.communicator(1, 2, 1);
      Thread other =
          Thread.startVirtualThread(() -> second.allReduce(theirs, ReduceOp.SUM).await());
      pending.await();
      pending.await();
      other.join();
      assertEquals(2, TestData.get(mine, 63));
      assertEquals(2, TestData.get(theirs, 0));
    }
  }

  @Test
  void everyRankLearnsOfACallThatDiffersAndGoesOn() {
    try (Planes planes = Planes.open(transport(), 3)) {
      List<String> messages =
          planes.run(
              1,
              3,
              comm -> {
                int count = comm.rank() == 1 ? 90_000 : 80_000;
                BufferView data = ones(count);
                Pending pending = comm.allReduce(data, ReduceOp.SUM);
                String message =
                    assertThrows(IllegalStateException.class, pending::await).getMessage();
                assertEquals(1, TestData.get(data, 0));
                assertEquals(1, TestData.get(data, count - 1));
                Pending gathers =
                    comm.rank() == 0
                        ? comm.broadcast(ones(20), 0)
                        : comm.allGather(ones(20_000), ones(60_000));
                assertThrows(IllegalStateException.class, gathers::await);
                BufferView sum = ones(100_001);
                comm.allReduce(sum, ReduceOp.SUM).await();
                assertEquals(3, TestData.get(sum, 100_000));
                return String.valueOf(message);
              });
      String expected =
          "ranks of group world disagree: rank 0 calls all-reduce-sum of 80000 x FLOAT32,"
              + " rank 1 calls all-reduce-sum of 90000 x FLOAT32";
      assertEquals(List.of(expected, expected, expected), messages);
    }
  }

  @Test
  void aMessageThatDoesNotFitIsAnErrorOnBothSides() {
    try (Planes planes = Planes.open(transport(), 2)) {
      List<String> messages =
          planes.run(
              1,
              2,
              comm -> {
                Executable call =
                    comm.rank() == 0 ? () -> comm.send(ones(8), 1) : () -> comm.recv(ones(9), 0);
                String message = assertThrows(IllegalStateException.class, call).getMessage();
                comm.barrier();
                return String.valueOf(message);
              });
      String expected = "send of 32 bytes of FLOAT32 meets recv of 36 bytes of FLOAT32";
      assertEquals(List.of(expected, expected), messages);
    }
  }

  @Test
  void aCollectiveThatMeetsAMessageEndsTheGroup() {
    try (Planes planes = Planes.open(transport(), 2)) {
      planes.run(
          1,
          2,
          comm -> {
            RuntimeException e =
                assertThrows(
                    RuntimeException.class,
                    () -> {
                      if (comm.rank() == 0) {
                        comm.barrier();
                      } else {
                        comm.send(ones(8), 0);
                      }
                    });
            // The slower one may find its peer gone already.
            assertTrue(
                e instanceof IllegalStateException || e instanceof CommunicatorAbortedException);
            assertThrows(CommunicatorAbortedException.class, comm::barrier);
            return comm.rank();
          });
    }
  }

  @Test
  void abortEndsTheWaitHereAndOnThePeers() throws InterruptedException {
    try (Planes planes = Planes.open(transport(), 2)) {
      Communicator aborted = planes.communicator(1, 2, 0);
      Communicator peer = planes.communicator(1, 2, 1);
      Planes.run(List.of(aborted, peer), comm -> barrierOnly(comm));
      Communicator again = planes.communicator(2, 2, 0);
      Communicator there = planes.communicator(2, 2, 1);
      Thread waiter = Thread.currentThread();
      AtomicBoolean atTheSecond = new AtomicBoolean();
      Thread other =
          Thread.startVirtualThread(
              () -> {
                there.barrier();
                while (!atTheSecond.get() || waiter.getState() != Thread.State.TIMED_WAITING) {
                  Thread.yield();
                }
                planes.plane(0).communicators().abort(2, "the mesh changes");
                planes.plane(0).communicators().abort(2, "a later reason");
              });
      again.barrier();
      atTheSecond.set(true);
      assertAborted("the mesh changes", again::barrier);
      assertAborted("the mesh changes", () -> again.allReduce(ones(8), ReduceOp.SUM));
      other.join();
      // Rank 0 had come to this barrier.
      there.barrier();
      assertAborted("rank 0 of group world (process process-0", there::barrier);
      ProcessGroup alone = new ProcessGroup("alone", List.of(0));
      Communicator late = planes.plane(0).communicators().open(2, alone, 0);
      assertAborted("the mesh changes", late::barrier);
    }
  }

  private static int barrierOnly(Communicator comm) {
    comm.barrier();
    return comm.rank();
  }

  @Test
  void aRankThatClosesEarlyIsNotWaitedForButItsDataArrive() {
    try (Planes planes = Planes.open(transport(), 2)) {
      planes.run(
          1,
          2,
          comm -> {
            BufferView data = ones(1_000_003);
            comm.allReduce(data, ReduceOp.SUM).await();
            assertEquals(2, TestData.get(data, 1_000_002));
            if (comm.rank() == 1) {
              comm.close();
              assertThrows(IllegalStateException.class, comm::barrier);
            } else {
              assertAborted("rank 1 of group world", comm::barrier);
            }
            return comm.rank();
          });
    }
  }

  @Test
  void theDeathOfAPeerIsSeenInTheMiddleOfACollective() {
    try (Planes planes = Planes.open(transport(), 3)) {
      planes.run(
          1,
          3,
          comm -> {
            comm.barrier();
            if (comm.rank() == 2) {
              planes.plane(2).close();
              return 0;
            }
            long start = System.nanoTime();
            BufferView data = ones(1_000_000);
            CommunicatorAbortedException e =
                assertThrows(
                    CommunicatorAbortedException.class,
                    () -> comm.allReduce(data, ReduceOp.SUM).await());
            assertTrue(System.nanoTime() - start < 3_000_000_000L);
            // The other survivor aborts too, and its end may be seen first.
            assertTrue(String.valueOf(e.getMessage()).contains("of group world (process process-"));
            return 0;
          });
    }
  }

  @Test
  void aFailureInTheWorkEndsTheGroup() {
    try (Planes planes = Planes.open(transport(), 2)) {
      planes.run(
          1,
          2,
          comm -> {
            BufferView data = ones(8);
            if (comm.rank() == 1) {
              data.buffer().close();
            }
            assertThrows(RuntimeException.class, () -> comm.allReduce(data, ReduceOp.SUM).await());
            assertThrows(CommunicatorAbortedException.class, comm::barrier);
            return comm.rank();
          });
    }
  }

  @Test
  void oneEpochAfterTheOtherLeavesNothingBehind() {
    try (Planes planes = Planes.open(transport(), 2)) {
      OpenFiles files = new OpenFiles();
      for (int epoch = 1; epoch <= 100; epoch++) {
        List<Double> sums =
            planes.run(
                epoch,
                2,
                comm -> {
                  BufferView data = ones(1_000);
                  comm.allReduce(data, ReduceOp.SUM).await();
                  double sum = TestData.get(data, 999);
                  data.buffer().close();
                  return sum;
                });
        assertEquals(List.of(2.0, 2.0), sums);
        files.note(epoch);
      }
      files.assertStable();
    }
  }

  private BufferView ones(int count) {
    BufferView view = TestData.zeros(device, DataType.FLOAT32, count);
    for (int i = 0; i < count; i++) {
      TestData.set(view, i, 1);
    }
    return view;
  }

  private static void assertAborted(String reason, Executable call) {
    String message = assertThrows(CommunicatorAbortedException.class, call).getMessage();
    assertTrue(String.valueOf(message).startsWith(reason), message);
  }
}
