package dev.troupe.deploy.worker;

import dev.troupe.deploy.chaos.inject.NodeFaults;
import dev.troupe.proto.message.InjectFault;
import dev.troupe.actor.NodeDevices;
import dev.troupe.deploy.backend.GpuSettings;
import dev.troupe.deploy.report.ConsoleFilter;
import dev.troupe.proto.codec.WorkerFrame;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.RankPlace;
import dev.troupe.proto.message.WorkerCommand;
import dev.troupe.proto.spec.ClusterSpec;
import dev.troupe.proto.spec.CudaSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.Behavior;

/** The worker processes of a node. */
public final class Workers implements AutoCloseable {
  /** Heap only: tensors lie outside of it. */
  private static final List<String> FLAGS =
      List.of("-Xmx512m", "-D" + ConsoleFilter.PROPERTY + "=all");

  private final Start start;
  private final List<WorkerProcess> processes;
  private final int perProcess;

  private Workers(Start start, List<WorkerProcess> processes, int perProcess) {
    this.start = start;
    this.processes = processes;
    this.perProcess = perProcess;
  }

  /**
   * What worker processes need to know.
   *
   * @param node name of the node
   * @param kind backend of its devices
   * @param devices number of its devices
   * @param offset number of the GPU that is its device 0
   * @param cuda settings of GPUs
   * @param cluster settings of the cluster
   * @param folder private folder for sockets and output
   * @param aeronDirectory directory of the host's media driver, where one is used
   * @param sharedMemory folder for shared memory, where it is used
   * @param faults whether the node obeys orders of faults
   */
  public record Start(
      String node,
      String kind,
      int devices,
      int offset,
      CudaSpec cuda,
      ClusterSpec cluster,
      Path folder,
      Optional<Path> aeronDirectory,
      Optional<Path> sharedMemory,
      boolean faults) {}

  /** Starts the processes; returns at once. */
  public static Workers start(Start start) {
    int asked = start.cluster().devicesPerProcess();
    int perProcess = asked == 0 ? start.devices() : asked;
    List<WorkerProcess> processes = new ArrayList<>();
    try {
      for (int i = 0; i < Math.ceilDiv(start.devices(), perProcess); i++) {
        processes.add(WorkerProcess.start(settings(start, i, perProcess), FLAGS, start.folder()));
      }
      return new Workers(start, List.copyOf(processes), perProcess);
    } catch (RuntimeException e) {
      processes.forEach(WorkerProcess::close);
      throw e;
    }
  }

  /**
   * Waits until all processes are ready.
   *
   * @return what the node offers
   * @throws dev.troupe.proto.error.TroupeException where one ends before, or takes too long
   */
  public List<DeviceInfo> await() {
    List<WorkerFrame.Hello> ready = processes.stream().map(WorkerProcess::await).toList();
    return IntStream.range(0, start.devices())
        .mapToObj(i -> device(i, ready.get(i / perProcess)))
        .toList();
  }

  private DeviceInfo device(int index, WorkerFrame.Hello process) {
    WorkerFrame.Gpu gpu =
        process.gpus().isEmpty()
            ? new WorkerFrame.Gpu(start.kind() + ":" + index, 0)
            : process.gpus().get(index % perProcess);
    return new DeviceInfo(
        index, start.kind(), gpu.name(), gpu.memoryBytes(), process.process(), process.endpoint());
  }

  private static WorkerSettings settings(Start start, int index, int perProcess) {
    int first = index * perProcess;
    int count = Math.min(perProcess, start.devices() - first);
    String process = label(start.node()) + "-w" + index + "-" + random();
    return new WorkerSettings(
        start.node(),
        process,
        start.folder().resolve("w" + index),
        start.cluster().host(),
        start.cluster().data(),
        start.aeronDirectory(),
        start.sharedMemory(),
        start.faults(),
        start.kind().equals("cuda")
            ? Optional.of(
                new GpuSettings(
                    start.cuda().libraries(),
                    start.offset(),
                    first,
                    count,
                    start.cuda().shareGpu()))
            : Optional.empty());
  }

  /** The node's name as a part of file names. */
  private static String label(String node) {
    String letters = node.replaceAll("[^A-Za-z0-9]", "-");
    String cut = letters.substring(0, Math.min(letters.length(), 40));
    return cut.startsWith("-") ? "n" + cut : cut;
  }

  /** So that a node that was started anew is not taken for the one before. */
  private static String random() {
    return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
  }

  /** For people: name and pid of each process. */
  public List<String> describe() {
    return processes.stream().map(each -> each.process() + " (pid " + each.pid() + ")").toList();
  }

  /** What a node agent has of them: actors that stand for those of the processes. */
  public NodeDevices devices(NodeInfo info) {
    return new NodeDevices() {
      @Override
      public NodeInfo info() {
        return info;
      }

      @Override
      public Behavior<WorkerCommand> at(RankPlace place) {
        return RankProxy.create(processes.get(place.device() / perProcess), place.rank());
      }

      @Override
      public void kill(RankPlace place, String why) {
        processes.get(place.device() / perProcess).kill(why);
      }

      @Override
      public String inject(InjectFault order) {
        return start.faults()
            ? new NodeFaults(reach()).inject(order)
            : NodeDevices.super.inject(order);
      }
    };
  }

  /** The processes, as faults hit them. */
  private NodeFaults.Reach reach() {
    return new NodeFaults.Reach() {
      @Override
      public long pid(int device) {
        return processes.get(device / perProcess).pid();
      }

      @Override
      public List<Long> pids() {
        return processes.stream().map(WorkerProcess::pid).toList();
      }

      @Override
      public void kill(int device) {
        processes.get(device / perProcess).kill("a fault was ordered");
      }

      @Override
      public void send(InjectFault order) {
        processes.get(order.device() / perProcess).send(order.rank(), order);
      }
    };
  }

  /** Completes when the first of the processes is gone, with a sentence that says how. */
  public CompletionStage<String> onFirstEnd() {
    CompletableFuture<String> first = new CompletableFuture<>();
    processes.forEach(process -> process.onEnd().thenAccept(first::complete));
    return first;
  }

  /** Ends the processes. */
  @Override
  public void close() {
    processes.parallelStream().forEach(WorkerProcess::close);
  }
}
