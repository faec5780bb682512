package dev.troupe.collectives.comm.nccl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cuda.CudaBuffer;
import dev.troupe.collectives.device.cuda.CudaFailedException;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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
                BufferView data = GpuGroup.floats(rank.device(), 8, 1);
                world.allReduce(data, ReduceOp.MAX).await();
                // Comes free by the abort; whether to believe it, only check() tells.
                GpuGroup.same(rank.device(), data.slice(0, 1));
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
          "all-reduce of 1 x INT32 in group world did not end within 0.4 s: not all ranks have come",
          message);
      assertEquals(message.replace("1 x INT32", "8 x FLOAT32"), GpuRank.result(waitsForTheGpu));
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
  void abortFromAnotherThreadEndsWhatRanksDo() {
    try (GpuGroup group = new GpuGroup(3, LONG)) {
      CompletableFuture<Boolean> connected = new CompletableFuture<>();
      CompletableFuture<Boolean> over = new CompletableFuture<>();
      List<CompletableFuture<String>> waiting =
          List.of(0, 1).stream()
              .map(
                  index ->
                      group.start(
                          index,
                          (rank, world) -> {
                            world.barrier();
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
                connected.complete(true);
                return over.get();
              });
      connected.join();
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

  /** One rank alone fails, and the other one is told by whoever watches them. */
  private static <T extends Throwable> T assertSetupFails(
      String function, int code, Class<T> type) {
    try (GpuGroup group = new GpuGroup(2, LONG)) {
      group.gpu().fail(function, 1, code);
      CompletableFuture<T> fails =
          group.start(0, (rank, world) -> assertThrows(type, world::barrier));
      T failure = GpuRank.result(fails);
      assertTrue(String.valueOf(failure.getMessage()).startsWith("NCCL's "), failure.getMessage());
      CompletableFuture<String> other = group.start(1, (rank, world) -> aborted(world::barrier));
      group.rank(1).communicators().abort(GpuGroup.EPOCH, "rank 0 is lost");
      assertEquals("rank 0 is lost", GpuRank.result(other));
      goesOn(group, 8, new DeviceMesh(2, 1));
      return failure;
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
      List<String> messages =
          group.run(
              (rank, world) -> {
                world.barrier();
                BufferView data = GpuGroup.floats(rank.device(), 8 + world.rank(), 1);
                world.allReduce(data, ReduceOp.SUM).await();
                return aborted(
                    () -> {
                      while (true) {
                        rank.communicators().check(GpuGroup.EPOCH);
                        Thread.onSpinWait();
                      }
                    });
              });
      messages.forEach(message -> assertTrue(message.startsWith("NCCL's communicator"), message));
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
    assertEquals(0, group.gpu().stat("communicators"));
    assertEquals(0, group.gpu().stat("streams"));
    assertEquals(0, group.gpu().stat("events"));
  }
}
