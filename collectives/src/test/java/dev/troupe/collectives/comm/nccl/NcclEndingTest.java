package dev.troupe.collectives.comm.nccl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.comm.local.LocalCommunicators;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.CudaDriver;
import dev.troupe.collectives.device.cuda.CudaLibraries;
import dev.troupe.collectives.device.cuda.CudaLibrary;
import dev.troupe.collectives.device.cuda.EmulatedGpu;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A rank's thread that hangs inside NCCL, which an abort must not enter. */
@Timeout(60)
final class NcclEndingTest {
  private static final NcclSettings QUICK =
      new NcclSettings(Duration.ofMillis(200), Duration.ofMillis(100), true);

  private final CompletableFuture<String> hung = new CompletableFuture<>();

  @Test
  void anAbortThatCannotBeginIsReported() {
    withLane(
        lane -> {
          NcclEpoch epoch = new NcclEpoch(lane, QUICK, () -> {});
          NcclEnding ending = ending(lane, epoch);
          lane.gate().lock();
          try {
            epoch.abort("rank 1 is lost");
            CompletableFuture.runAsync(() -> ending.watch(System.nanoTime())).join();
            assertEquals(
                "NCCL did not let go of its communicators within 0.1 s (rank 1 is lost);"
                    + " this process must be ended",
                hung.join());
          } finally {
            lane.gate().unlock();
          }
        });
  }

  @Test
  void aCallThatDoesNotReturnIsMissed() {
    withLane(
        lane -> {
          NcclEpoch epoch = new NcclEpoch(lane, QUICK, () -> {});
          NcclEnding ending = ending(lane, epoch);
          lane.gate().lock();
          try {
            CompletableFuture.runAsync(
                    () -> {
                      ending.watch(0);
                      ending.watch(Duration.ofMillis(150).toNanos());
                      epoch.check();
                      ending.watch(Duration.ofMillis(201).toNanos());
                    })
                .join();
          } finally {
            lane.gate().unlock();
          }
          assertEquals(
              "a call of NCCL did not return within 0.2 s",
              assertThrows(CommunicatorAbortedException.class, epoch::check).getMessage());
        });
  }

  private NcclEnding ending(NcclLane lane, NcclEpoch epoch) {
    IdExchange ids = new IdExchange(new LocalCommunicators(), 1, List.of(0, 1));
    NcclMesh mesh = new NcclMesh(epoch, ids, List.of(0, 1), 0);
    return new NcclEnding(lane, QUICK, epoch, mesh, hung::complete);
  }

  private interface Body {
    void run(NcclLane lane);
  }

  private static void withLane(Body body) {
    CudaLibraries libraries = CudaLibraries.find(Optional.of(EmulatedGpu.start().folder()));
    libraries.load(CudaLibrary.NCCL);
    try (CudaDevice device = CudaDevice.open(CudaDriver.start(libraries), 0, 1 << 20);
        NcclLane lane = NcclLane.on(device)) {
      body.run(lane);
    }
  }
}
