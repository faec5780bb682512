package dev.troupe.collectives.comm.nccl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaBuffer;
import dev.troupe.collectives.device.cuda.CudaFailedException;
import dev.troupe.collectives.device.cuda.EmulatedGpu;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** What happens when a rank, NCCL or a GPU fails. */
@Timeout(60)
final class NcclFailureTest {
  private static final Duration SHORT = Duration.ofMillis(400);
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final int UNHANDLED_CUDA = 1;
  private static final int SYSTEM = 2;
  private static final int INTERNAL = 3;
  private static final int ILLEGAL_ADDRESS = 700;

  @Test
  void aRankThatIsMissingIsNotWaitedForAndTheOthersGoOn() {
    try (GpuGroup group = new GpuGroup(3, SHORT)) {
      CompletableFuture<String> waitsInBarrier =
          group.start(
              0,
              (rank, world) -> {
                world.barrier();
                return aborted(world::barrier);
              });
      CompletableFuture<String> waitsForTheGpu =
          group.start(
              1,
              (rank, world) -> {
                world.barrier();
                BufferView data = new BufferView(rank.device().allocate(4), 0, 1, DataType.INT32);
                world.allReduce(data, ReduceOp.MAX).await();
                // Comes free by the abort; whether to believe it, only check() tells.
                rank.device().compute().synchronize();
                return aborted(() -> rank.communicators().check(GpuGroup.EPOCH));
              });
      CompletableFuture<Boolean> isMissing =
          group.start(
              2,
              (rank, world) -> {
                world.barrier();
                return waitsInBarrier.handle((message, failure) -> true).get()
                    && waitsForTheGpu.handle((message, failure) -> true).get();
              });
      String message = GpuRank.result(waitsInBarrier);
      assertEquals(
          "barrier of 1 x INT32 in group world did not end within 0.4 s: not all ranks have come",
          message);
      assertEquals(message.replace("barrier", "all-reduce"), GpuRank.result(waitsForTheGpu));
      assertTrue(GpuRank.result(isMissing));
      goesOn(group, 8, new DeviceMesh(2, 1));
    }
  }

  private static String aborted(Executable call) {
    return String.valueOf(assertThrows(CommunicatorAbortedException.class, call).getMessage());
  }

  /** The first ranks make a new epoch; afterwards there is no communicator left. */
  private static void goesOn(GpuGroup group, long epoch, DeviceMesh mesh) {
    group.place(epoch, mesh);
    List<CompletableFuture<Float>> sums =
        mesh.world().ranks().stream()
            .map(
                index ->
                    group.start(
                        index,
                        epoch,
                        mesh,
                        (rank, world) -> {
                          BufferView data = GpuGroup.floats(rank.device(), 100, index + 1);
                          world.allReduce(data, ReduceOp.SUM).await();
                          return GpuGroup.same(rank.device(), data);
                        }))
            .toList();
    float expected = mesh.size() * (mesh.size() + 1) / 2f;
    sums.forEach(sum -> assertEquals(expected, GpuRank.result(sum)));
    assertEquals(0, group.gpu().stat("communicators"));
  }

  @Test
  void abortFromAnotherThreadEndsWhatRanksDo() throws InterruptedException {
    try (GpuGroup group = new GpuGroup(3, LONG)) {
      CountDownLatch connected = new CountDownLatch(3);
      CompletableFuture<Boolean> over = new CompletableFuture<>();
      List<CompletableFuture<String>> waiting =
          List.of(0, 1).stream()
              .map(
                  index ->
                      group.start(
                          index,
                          (rank, world) -> {
                            world.barrier();
                            connected.countDown();
                            String reason = aborted(world::barrier);
                            assertThrows(CommunicatorAbortedException.class, world::barrier);
                            return reason;
                          }))
              .toList();
      CompletableFuture<Boolean> absent =
          group.start(
              2,
              (rank, world) -> {
                world.barrier();
                connected.countDown();
                return over.get(GpuRank.LIMIT_SECONDS, TimeUnit.SECONDS);
              });
      assertTrue(connected.await(GpuRank.LIMIT_SECONDS, TimeUnit.SECONDS));
      for (int rank = 0; rank < 3; rank++) {
        group.rank(rank).communicators().abort(GpuGroup.EPOCH, "epoch 8 begins");
        group.rank(rank).communicators().abort(GpuGroup.EPOCH, "a later reason");
      }
      waiting.forEach(rank -> assertEquals("epoch 8 begins", GpuRank.result(rank)));
      over.complete(true);
      assertTrue(GpuRank.result(absent));
      goesOn(group, 8, new DeviceMesh(3, 1));
    }
  }

  @Test
  void anAbortedEpochStaysAborted() {
    try (GpuGroup group = new GpuGroup(2, LONG)) {
      group.rank(0).communicators().abort(GpuGroup.EPOCH, "too late");
      CompletableFuture<String> late = group.start(0, (rank, world) -> aborted(world::barrier));
      assertEquals("too late", GpuRank.result(late));
      goesOn(group, 8, new DeviceMesh(2, 1));
    }
  }

  @Test
  void ranksThatDoNotConnectAreNotWaitedFor() {
    try (GpuGroup group = new GpuGroup(2, SHORT)) {
      CompletableFuture<String> alone = group.start(1, (rank, world) -> aborted(world::barrier));
      assertEquals(
          "connecting did not end within 0.4 s: not all ranks have come", GpuRank.result(alone));
      goesOn(group, 8, new DeviceMesh(2, 1));
    }
  }

  @Test
  void ncclThatFailsToConnectSaysWhy() {
    assertSetupFails("ncclGetUniqueId", SYSTEM, CommunicatorAbortedException.class);
    assertSetupFails("ncclCommInitRankConfig", SYSTEM, CommunicatorAbortedException.class);
    assertSetupFails("ncclCommInitRankConfig", INTERNAL, NcclException.class);
    TroupeException e =
        assertSetupFails("ncclCommInitRankConfig", UNHANDLED_CUDA, TroupeException.class);
    assertEquals(Category.RESOURCE, e.category());
    assertTrue(String.valueOf(e.getMessage()).contains("NCCL_DEBUG=INFO"), e.getMessage());
  }

  /** One rank fails, and both are told, as a coordinator would tell them. */
  private static <T extends RuntimeException> T assertSetupFails(
      String function, int code, Class<T> type) {
    try (GpuGroup group = new GpuGroup(2, LONG)) {
      group.gpu().fail(function, 1, code);
      List<RuntimeException> failures =
          group.run(
              (rank, world) -> {
                var e = assertThrows(RuntimeException.class, world::barrier);
                for (int i = 0; i < 2; i++) {
                  group.rank(i).communicators().abort(GpuGroup.EPOCH, "a rank is lost");
                }
                return e;
              });
      List<RuntimeException> own =
          failures.stream()
              .filter(e -> String.valueOf(e.getMessage()).startsWith("NCCL's "))
              .toList();
      assertEquals(1, own.size(), failures.toString());
      goesOn(group, 8, new DeviceMesh(2, 1));
      return assertInstanceOf(type, own.getFirst());
    }
  }

  @Test
  void aCallThatNcclRefusesEndsTheEpoch() {
    try (GpuGroup group = new GpuGroup(2, SHORT)) {
      List<Boolean> ends =
          group.run(
              (rank, world) -> {
                world.barrier();
                if (world.rank() == 1) {
                  return assertThrows(CommunicatorAbortedException.class, world::barrier) != null;
                }
                group.gpu().fail("ncclSend", 1, INTERNAL);
                BufferView send = GpuGroup.floats(rank.device(), 10, 1);
                BufferView recv = GpuGroup.floats(rank.device(), 10, 1);
                NcclException e =
                    assertThrows(NcclException.class, () -> world.allToAll(send, recv));
                assertEquals(INTERNAL, e.result());
                assertThrows(CommunicatorAbortedException.class, world::barrier);
                return true;
              });
      assertEquals(List.of(true, true), ends);
      goesOn(group, 8, new DeviceMesh(2, 1));
    }
  }

  @Test
  void anErrorThatNcclFindsLaterIsSeenByTheWatchdog() {
    try (GpuGroup group = new GpuGroup(2, LONG)) {
      CompletableFuture<Boolean> started = new CompletableFuture<>();
      CompletableFuture<String> first =
          group.start(
              0,
              (rank, world) -> {
                world.barrier();
                BufferView data = GpuGroup.floats(rank.device(), 8, 1);
                world.allReduce(data, ReduceOp.SUM).await();
                started.complete(true);
                rank.device().compute().synchronize();
                return aborted(() -> rank.communicators().check(GpuGroup.EPOCH));
              });
      CompletableFuture<Boolean> second =
          group.start(
              1,
              (rank, world) -> {
                world.barrier();
                GpuRank.result(started);
                BufferView data = GpuGroup.floats(rank.device(), 9, 1);
                assertThrows(
                    RuntimeException.class,
                    () -> {
                      world.allReduce(data, ReduceOp.SUM).await();
                      world.barrier();
                    });
                return true;
              });
      String message = GpuRank.result(first);
      assertTrue(message.startsWith("NCCL's communicator of all 2 ranks failed: "), message);
      assertTrue(GpuRank.result(second));
      goesOn(group, 8, new DeviceMesh(2, 1));
    }
  }

  @Test
  void aLostGpuIsToldApartFromALostPeer() {
    try (GpuGroup group = new GpuGroup(2, SHORT)) {
      CompletableFuture<Boolean> lost =
          group.start(
              0,
              (rank, world) -> {
                world.barrier();
                group.gpu().fail("cuLaunchKernel", 1, ILLEGAL_ADDRESS);
                CudaBuffer memory = rank.device().allocate(64);
                new OrderedSumKernels(rank.device())
                    .sum(
                        rank.device().compute(),
                        DataType.FLOAT32,
                        memory.address(),
                        true,
                        memory.address(),
                        0,
                        1,
                        16);
                CudaFailedException e = assertThrows(CudaFailedException.class, world::barrier);
                assertThrows(
                    CudaFailedException.class, () -> rank.communicators().check(GpuGroup.EPOCH));
                return e.contextLost();
              });
      CompletableFuture<Boolean> other =
          group.start(
              1,
              (rank, world) -> {
                world.barrier();
                return assertThrows(CommunicatorAbortedException.class, world::barrier) != null;
              });
      assertTrue(GpuRank.result(lost));
      assertTrue(GpuRank.result(other));
      assertFalse(group.rank(0).hung().isDone());
    }
  }

  @Test
  void closingRanksAbortsWhatIsOpen() {
    // A context that was lost in another test keeps what it had.
    EmulatedGpu gpu = EmulatedGpu.start();
    List<Long> before = left(gpu);
    GpuGroup group = new GpuGroup(2, LONG);
    List<Communicator> open =
        group.run(
            (rank, world) -> {
              world.barrier();
              return rank.communicators()
                  .open(GpuGroup.EPOCH, new DeviceMesh(1, 2).dataGroup(0), world.rank());
            });
    assertEquals(2, open.size());
    group.close();
    assertEquals(before, left(gpu));
  }

  private static List<Long> left(EmulatedGpu gpu) {
    return List.of(gpu.stat("communicators"), gpu.stat("streams"), gpu.stat("events"));
  }
}
