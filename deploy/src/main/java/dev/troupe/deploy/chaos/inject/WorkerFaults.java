package dev.troupe.deploy.chaos.inject;

import dev.troupe.checkpoint.FileStorage;
import dev.troupe.checkpoint.InterceptedStorage;
import dev.troupe.checkpoint.Storage;
import dev.troupe.proto.message.Fault;
import dev.troupe.proto.message.InjectFault;
import dev.troupe.train.TrainerFactory;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;

/** The faults that a worker process was ordered and that wait for their moment. Thread-safe. */
public final class WorkerFaults {
  private final ConcurrentMap<Integer, Queue<InjectFault>> byRank = new ConcurrentHashMap<>();
  private final FaultyDisk disk = new FaultyDisk();

  /** Takes an order for a rank of this process. */
  public void order(InjectFault order) {
    Fault.Kind kind = order.fault().kind();
    if (kind == Fault.Kind.DISK_FULL || kind == Fault.Kind.CRASH) {
      disk.arm(kind);
    } else {
      of(order.rank()).add(order);
    }
  }

  /** Storage whose disk can be full. */
  public Storage storage() {
    return new InterceptedStorage(new FileStorage(), disk);
  }

  /** Trainers of {@code delegate} that suffer what is ordered. */
  public TrainerFactory around(TrainerFactory delegate) {
    return (assignment, communicators) ->
        new FaultyTrainer(
            delegate.create(assignment, communicators), assignment.epoch(), of(assignment.rank()));
  }

  private Queue<InjectFault> of(int rank) {
    return byRank.computeIfAbsent(rank, each -> new ConcurrentLinkedQueue<>());
  }
}
