package dev.troupe.collectives.comm.nccl;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.comm.shared.SharedCommunicators;
import dev.troupe.collectives.comm.shared.SharedMemory;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.CudaDriver;
import dev.troupe.collectives.device.cuda.CudaLibraries;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.Site;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A rank in a process of its own, which shares a GPU: {@code FOLDER LIBRARIES RANK RANKS}. */
final class NcclChild {
  /** Exit code when the first mesh was aborted and the survivors' one has summed. */
  static final int RECOVERED = 9;

  private NcclChild() {}

  /** Starts a JVM like this one; its first line of output says that all ranks have summed. */
  static Process start(Path root, Path libraries, int rank, int ranks) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(NcclChild.class.getName(), root.toString(), libraries.toString()));
    command.addAll(List.of(Integer.toString(rank), Integer.toString(ranks)));
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(Redirect.INHERIT);
    builder.environment().putAll(NcclEnvironment.sharedGpu(rank));
    return builder.start();
  }

  public static void main(String[] arguments) {
    int rank = Integer.parseInt(arguments[2]);
    int ranks = Integer.parseInt(arguments[3]);
    CudaLibraries libraries = CudaLibraries.find(Optional.of(Path.of(arguments[1])));
    NcclSettings settings = new NcclSettings(Duration.ofSeconds(3), Duration.ofSeconds(5), true);
    try (SharedMemory memory = SharedMemory.create(Path.of(arguments[0]), "p" + rank);
        CudaDevice device = CudaDevice.open(CudaDriver.start(libraries), 0, 1 << 20);
        NcclCommunicators all =
            new NcclCommunicators(
                device,
                libraries,
                new SharedCommunicators(memory),
                new OrderedSumKernels(device),
                device.allocate(4096),
                settings,
                reason -> Runtime.getRuntime().halt(1))) {
      boolean aborted = untilAborted(all, device, rank, ranks);
      sum(all, device, 4, rank, ranks - 1);
      System.exit(aborted ? RECOVERED : 2);
    }
  }

  private static boolean untilAborted(
      NcclCommunicators all, CudaDevice device, int rank, int ranks) {
    sum(all, device, 1, rank, ranks);
    all.place(3, placement(ranks));
    try (Communicator world = all.open(3, new DeviceMesh(ranks, 1).world(), rank)) {
      world.barrier();
      System.out.println("all ranks have summed");
      while (true) {
        world.barrier();
      }
    } catch (CommunicatorAbortedException e) {
      return true;
    }
  }

  private static void sum(
      NcclCommunicators all, CudaDevice device, long epoch, int rank, int ranks) {
    all.place(epoch, placement(ranks));
    try (Communicator world = all.open(epoch, new DeviceMesh(ranks, 1).world(), rank)) {
      BufferView data = GpuGroup.floats(device, 1_000, rank + 1);
      world.allReduce(data, ReduceOp.SUM).await();
      float sum = GpuGroup.same(device, data);
      if (sum != ranks * (ranks + 1) / 2f) {
        throw new AssertionError("epoch " + epoch + ": " + sum);
      }
    }
  }

  private static Placement placement(int ranks) {
    List<Site> sites =
        IntStream.range(0, ranks)
            .mapToObj(rank -> new Site("here", "p" + rank, "", List.of(rank)))
            .toList();
    return new Placement("", sites);
  }
}
