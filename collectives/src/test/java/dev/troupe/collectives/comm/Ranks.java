package dev.troupe.collectives.comm;

import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.collectives.mesh.DeviceMesh;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs the same body on one thread a rank, each with its end of a common communicator. */
public abstract class Ranks implements AutoCloseable {
  private long epoch;

  /** What a rank does. */
  public interface Body<T> {
    T run(Communicator communicator) throws Exception;
  }

  /** Places a mesh of so many ranks. */
  protected abstract void place(long epoch, DeviceMesh mesh);

  /** The communicators of the process that holds the rank. */
  public abstract Communicators communicators(int rank);

  /** The device that the rank's buffers are of. */
  public abstract CpuDevice device(int rank);

  @Override
  public abstract void close();

  /** A new epoch with this mesh; numbers grow. */
  public final long newEpoch(DeviceMesh mesh) {
    epoch++;
    place(epoch, mesh);
    return epoch;
  }

  /** A result a rank, in rank order. A failure of one rank aborts the others and is thrown. */
  public final <T> List<T> run(int size, Body<T> body) {
    DeviceMesh mesh = new DeviceMesh(size, 1);
    long now = newEpoch(mesh);
    try (ExecutorService threads = Executors.newFixedThreadPool(size)) {
      List<Future<T>> futures = new ArrayList<>();
      for (int rank = 0; rank < size; rank++) {
        Communicator communicator = communicators(rank).open(now, mesh.world(), rank);
        futures.add(threads.submit(() -> runRank(communicator, body)));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static <T> T runRank(Communicator communicator, Body<T> body) throws Exception {
    try (communicator) {
      return body.run(communicator);
    } catch (Exception | Error e) {
      communicator.abort("rank " + communicator.rank() + " failed: " + e);
      throw e;
    }
  }
}
