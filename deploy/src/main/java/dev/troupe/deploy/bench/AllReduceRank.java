package dev.troupe.deploy.bench;

import dev.troupe.collectives.comm.AllReduceTiming;
import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.comm.link.DataPlane;
import dev.troupe.collectives.comm.link.LinkSettings;
import dev.troupe.collectives.comm.shared.SharedCommunicators;
import dev.troupe.collectives.comm.shared.SharedMemory;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.collectives.device.cpu.CpuMemory;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.Site;
import dev.troupe.deploy.cli.BenchJob.AllReduceMode;
import dev.troupe.deploy.cluster.MediaDriverProcess;
import dev.troupe.deploy.process.PrivateFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * One rank of {@code bench allreduce} in a process of its own: {@code MODE FOLDER RANK RANKS HOST
 * BYTES:ITERATIONS...}. Rank 0 prints a line a size: its bytes and the median time in seconds.
 */
final class AllReduceRank {
  private static final long EPOCH = 1;

  private AllReduceRank() {}

  public static void main(String[] arguments) throws IOException {
    AllReduceMode mode = AllReduceMode.valueOf(arguments[0]);
    Path folder = Path.of(arguments[1]);
    int rank = Integer.parseInt(arguments[2]);
    int ranks = Integer.parseInt(arguments[3]);
    String host = arguments[4];
    List<AllReduceSize> sizes = Arrays.stream(arguments).skip(5).map(AllReduceSize::parse).toList();
    switch (mode) {
      case LOCAL -> throw new IllegalArgumentException("threads need no process");
      case SHARED -> overSharedMemory(folder, rank, ranks, sizes, true);
      case PRIVATE -> overSharedMemory(folder, rank, ranks, sizes, false);
      case TCP -> {
        try (DataPlane plane = DataPlane.tcp(host, 0, LinkSettings.DEFAULT)) {
          overNetwork(plane, new Endpoints(folder, rank, ranks), sizes);
        }
      }
      case AERON_UDP -> {
        // A driver each, as in a network namespace or on a host of its own.
        try (MediaDriverProcess driver = MediaDriverProcess.start(folder.resolve("aeron-" + rank));
            DataPlane plane =
                DataPlane.aeronUdp(host, 0, driver.directory(), LinkSettings.DEFAULT)) {
          overNetwork(plane, new Endpoints(folder, rank, ranks), sizes);
        }
      }
    }
  }

  private static void overNetwork(DataPlane plane, Endpoints endpoints, List<AllReduceSize> sizes)
      throws IOException {
    Placement placement = endpoints.exchange(plane.endpoint());
    measure(
        plane.communicators(),
        CpuMemory.PRIVATE,
        placement,
        endpoints.rank(),
        endpoints.ranks(),
        sizes);
  }

  private static void overSharedMemory(
      Path folder, int rank, int ranks, List<AllReduceSize> sizes, boolean sharedBuffers) {
    try (SharedMemory memory = SharedMemory.create(folder, process(rank))) {
      Communicators communicators = new SharedCommunicators(memory);
      measure(
          communicators,
          sharedBuffers ? memory : CpuMemory.PRIVATE,
          placement(ranks),
          rank,
          ranks,
          sizes);
    }
  }

  private static void measure(
      Communicators communicators,
      CpuMemory memory,
      Placement placement,
      int rank,
      int ranks,
      List<AllReduceSize> sizes) {
    communicators.place(EPOCH, placement);
    try (CpuDevice device = new CpuDevice("cpu:" + rank, 1, memory);
        Communicator communicator =
            communicators.open(EPOCH, new DeviceMesh(ranks, 1).world(), rank)) {
      for (AllReduceSize size : sizes) {
        double seconds =
            AllReduceTiming.median(communicator, device, size.bytes(), size.iterations());
        if (rank == 0) {
          System.out.printf(Locale.ROOT, "%d %.9f%n", size.bytes(), seconds);
        }
      }
    }
  }

  private static Placement placement(int ranks) {
    List<Site> sites = new ArrayList<>();
    for (int rank = 0; rank < ranks; rank++) {
      sites.add(new Site("here", process(rank), "", List.of(rank)));
    }
    return new Placement("", sites);
  }

  private static String process(int rank) {
    return "rank-" + rank;
  }

  /** Deletes what killed ranks left, too; all have ended. */
  static void removeFolder(Path folder) {
    PrivateFolder.remove(folder);
  }
}
