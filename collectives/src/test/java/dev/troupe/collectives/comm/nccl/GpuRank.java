package dev.troupe.collectives.comm.nccl;

import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.CudaDriver;
import dev.troupe.collectives.device.cuda.CudaLibraries;
import dev.troupe.collectives.device.cuda.EmulatedGpu;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A rank of a test: a thread, an emulated GPU and NCCL communicators. */
final class GpuRank implements AutoCloseable {
  private static final long ARENA = 48L << 20;

  /** Longer than any wait that ends well, so that a test that fails ends. */
  static final long LIMIT_SECONDS = 30;

  /** Small, so that sums in rank order take several pieces. */
  private static final long STAGING = 32 << 10;

  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final CompletableFuture<String> hung = new CompletableFuture<>();
  private final CudaDevice device;
  private final NcclCommunicators communicators;

  GpuRank(EmulatedGpu gpu, int index, Communicators host, NcclSettings settings) {
    CudaLibraries libraries = CudaLibraries.find(Optional.of(gpu.folder()));
    device = call(() -> CudaDevice.open(CudaDriver.start(libraries), index, ARENA));
    try {
      communicators =
          call(
              () ->
                  new NcclCommunicators(
                      device,
                      libraries,
                      host,
                      new OrderedSumKernels(device),
                      device.allocate(STAGING),
                      settings,
                      hung::complete));
    } catch (RuntimeException e) {
      closeDevice(null);
      throw e;
    }
  }

  CudaDevice device() {
    return device;
  }

  NcclCommunicators communicators() {
    return communicators;
  }

  /** Completed with its reason when an abort hangs. */
  CompletableFuture<String> hung() {
    return hung;
  }

  /** Does something on the rank's thread. */
  <T> CompletableFuture<T> start(Callable<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    thread.execute(
        () -> {
          try {
            result.complete(work.call());
          } catch (Throwable e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }

  /** Does something on the rank's thread and waits; what it throws is thrown. */
  <T> T call(Callable<T> work) {
    return result(start(work));
  }

  static <T> T result(CompletableFuture<T> future) {
    try {
      return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new AssertionError(e.getCause());
    }
  }

  @Override
  public void close() {
    closeDevice(communicators);
  }

  private void closeDevice(@Nullable NcclCommunicators open) {
    try {
      call(
          () -> {
            if (open != null) {
              open.close();
            }
            device.close();
            return true;
          });
    } finally {
      thread.shutdown();
    }
  }
}
