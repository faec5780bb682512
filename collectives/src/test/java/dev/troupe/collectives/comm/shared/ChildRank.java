package dev.troupe.collectives.comm.shared;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.comm.ReduceOp;
import dev.troupe.collectives.comm.TestData;
import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.Site;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A rank in a process of its own: {@code FOLDER RANK RANKS}. */
final class ChildRank {
  static final int COUNT = 100_000;

  /** Exit code after an abort. */
  static final int ABORTED = 9;

  private ChildRank() {}

  /** Starts a JVM like this one. */
  static Process start(Path root, int rank, int ranks) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(ChildRank.class.getName(), root.toString()));
    command.addAll(List.of(Integer.toString(rank), Integer.toString(ranks)));
    return new ProcessBuilder(command)
        .redirectError(Redirect.INHERIT)
        .redirectOutput(Redirect.DISCARD)
        .start();
  }

  static Placement placement(int ranks) {
    List<Site> sites = new ArrayList<>();
    for (int rank = 0; rank < ranks; rank++) {
      sites.add(new Site("here", "p" + rank, "", List.of(rank)));
    }
    return new Placement("", sites);
  }

  /** Sums with the others, and then meets them until one of them is missing. */
  public static void main(String[] arguments) {
    int rank = Integer.parseInt(arguments[1]);
    int ranks = Integer.parseInt(arguments[2]);
    try (SharedMemory memory = SharedMemory.create(Path.of(arguments[0]), "p" + rank);
        CpuDevice device = new CpuDevice("cpu:" + rank, 1, memory)) {
      SharedCommunicators communicators = new SharedCommunicators(memory);
      communicators.place(1, placement(ranks));
      Communicator comm = communicators.open(1, new DeviceMesh(ranks, 1).world(), rank);
      sums(comm, device);
      meetForever(comm);
    } catch (CommunicatorAbortedException e) {
      System.exit(ABORTED);
    }
  }

  /** Ends with the exception of the abort. */
  static void meetForever(Communicator comm) {
    while (true) {
      comm.barrier();
    }
  }

  /** All-reduces a small and a large range, which every rank checks. */
  static void sums(Communicator comm, CpuDevice device) {
    for (int count : new int[] {10, COUNT}) {
      BufferView data = TestData.zeros(device, DataType.FLOAT32, count);
      for (int i = 0; i < count; i++) {
        TestData.set(data, i, (comm.rank() + 1) * (i % 10));
      }
      comm.allReduce(data, ReduceOp.SUM).await();
      int factor = comm.size() * (comm.size() + 1) / 2;
      for (int i = 0; i < count; i++) {
        if (TestData.get(data, i) != factor * (i % 10)) {
          throw new AssertionError("element " + i + ": " + TestData.get(data, i));
        }
      }
    }
  }
}
