package dev.troupe.deploy.worker;

import dev.troupe.actor.NodeDevices;
import dev.troupe.collectives.comm.shared.SharedMemory;
import dev.troupe.deploy.chaos.inject.NodeFaults;
import dev.troupe.deploy.process.ChildProcess;
import dev.troupe.deploy.process.ProcessKeeper;
import dev.troupe.deploy.process.Restarts;
import dev.troupe.deploy.report.ConsoleFilter;
import dev.troupe.proto.codec.WorkerFrame;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.message.InjectFault;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.RankPlace;
import dev.troupe.proto.message.WorkerCommand;
import dev.troupe.proto.spec.ClusterSpec;
import dev.troupe.proto.spec.CudaSpec;
import dev.troupe.proto.spec.ElasticSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.typed.Behavior;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker processes of a node, and what its agent has of them: actors that stand for those of
 * the processes. A process that ends, or gives no sign of life, is followed by another one.
 * Thread-safe.
 */
public final class Workers implements NodeDevices, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Workers.class);

  /** Heap only: tensors lie outside of it. */
  private static final List<String> FLAGS =
      List.of("-Xmx512m", "-D" + ConsoleFilter.PROPERTY + "=all");

  private final Start start;
  private final int perProcess;
  private final List<ProcessKeeper<WorkerProcess>> slots;
  private final NodeFaults faults = new NodeFaults(new Reach());
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("worker-watch").factory());

  /**
   * What worker processes need to know.
   *
   * @param node the node, without its devices
   * @param kind backend of its devices
   * @param devices number of its devices
   * @param offset number of the GPU that is its device 0
   * @param cuda settings of GPUs
   * @param cluster settings of the cluster
   * @param elastic when a process is given up, and how often it is started again
   * @param folder private folder for sockets and output
   * @param aeronDirectory directory of the host's media driver, where one is used
   * @param sharedMemory folder for shared memory, where it is used
   * @param faults whether the node obeys orders of faults
   */
  public record Start(
      NodeInfo node,
      String kind,
      int devices,
      int offset,
      CudaSpec cuda,
      ClusterSpec cluster,
      ElasticSpec elastic,
      Path folder,
      Optional<Path> aeronDirectory,
      Optional<Path> sharedMemory,
      boolean faults) {
    /** How long a process may be without a sign of life. */
    Duration silence() {
      return Duration.ofMillis(Math.round(elastic.nodeTimeout() * 1e3));
    }
  }

  private Workers(Start start) {
    this.start = start;
    int asked = start.cluster().devicesPerProcess();
    this.perProcess = asked == 0 ? start.devices() : asked;
    this.slots = new ArrayList<>();
  }

  /** Starts the processes; returns at once. */
  public static Workers start(Start start) {
    Workers workers = new Workers(start);
    try {
      for (int i = 0; i < Math.ceilDiv(start.devices(), workers.perProcess); i++) {
        workers.slots.add(workers.slot(i));
      }
      return workers;
    } catch (RuntimeException e) {
      workers.close();
      throw e;
    }
  }

  private ProcessKeeper<WorkerProcess> slot(int index) {
    AtomicBoolean follows = new AtomicBoolean();
    return new ProcessKeeper<>(
        () ->
            WorkerProcess.start(
                WorkerNames.settings(start, index, perProcess, follows.getAndSet(true)),
                FLAGS,
                start.folder(),
                start.silence()),
        this::ended,
        new Restarts(start.elastic().restarts()),
        clock);
  }

  private boolean ended(ChildProcess.End end, Duration lived) {
    LOG.warn("{}", end.words());
    try {
      start.sharedMemory().ifPresent(SharedMemory::removeStale); // it had no time to do so
    } catch (TroupeException e) {
      LOG.warn("{}", e.getMessage());
    }
    return true;
  }

  /**
   * Waits until all processes are ready, and watches them from then on.
   *
   * @throws TroupeException where one ends before, or takes too long
   */
  public void await() {
    slots.forEach(slot -> slot.current().await());
    slots.forEach(ProcessKeeper::supervise);
    long interval = Pulse.interval(start.silence()).toNanos();
    var unused =
        clock.scheduleWithFixedDelay(
            () -> slots.forEach(slot -> slot.current().check()),
            interval,
            interval,
            TimeUnit.NANOSECONDS);
  }

  @Override
  public NodeInfo info() {
    List<DeviceInfo> devices = new ArrayList<>();
    for (int i = 0; i < start.devices(); i++) {
      int index = i;
      slots
          .get(i / perProcess)
          .current()
          .link()
          .ready()
          .ifPresent(it -> devices.add(device(index, it)));
    }
    NodeInfo node = start.node();
    return new NodeInfo(node.node(), node.host(), node.cores(), node.memoryBytes(), devices);
  }

  private DeviceInfo device(int index, WorkerFrame.Hello process) {
    WorkerFrame.Gpu gpu =
        process.gpus().isEmpty()
            ? new WorkerFrame.Gpu(start.kind() + ":" + index, 0)
            : process.gpus().get(index % perProcess);
    return new DeviceInfo(
        index, start.kind(), gpu.name(), gpu.memoryBytes(), process.process(), process.endpoint());
  }

  @Override
  public Behavior<WorkerCommand> at(RankPlace place) {
    return RankProxy.create(holder(place), place.rank());
  }

  @Override
  public void kill(RankPlace place, String why) {
    holder(place).kill(why);
  }

  @Override
  public String inject(InjectFault order) {
    return start.faults() ? faults.inject(order) : NodeDevices.super.inject(order);
  }

  /** The processes, as faults hit them. */
  private final class Reach implements NodeFaults.Reach {
    @Override
    public long pid(int device) {
      return holder(device).pid();
    }

    @Override
    public List<Long> pids() {
      return slots.stream().map(slot -> slot.current().pid()).toList();
    }

    @Override
    public void kill(int device) {
      holder(device).kill("a fault was ordered");
    }

    @Override
    public void send(InjectFault order) {
      holder(order.device()).link().send(order.rank(), order);
    }
  }

  private WorkerProcess holder(RankPlace place) {
    return holder(place.device());
  }

  private WorkerProcess holder(int device) {
    return slots.get(device / perProcess).current();
  }

  /** For people: name and pid of each process. */
  public List<String> describe() {
    return slots.stream().map(ProcessKeeper::current).map(WorkerProcess::label).toList();
  }

  /** Completes when no process will be started any more, with a sentence that says why. */
  public CompletionStage<String> onEnd() {
    List<CompletableFuture<ChildProcess.End>> ends =
        slots.stream().map(slot -> slot.onOver().toCompletableFuture()).toList();
    return CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
        .thenApply(all -> ends.getLast().join().words());
  }

  /** Ends the processes. */
  @Override
  public void close() {
    clock.shutdownNow();
    slots.parallelStream().forEach(ProcessKeeper::close);
  }
}
