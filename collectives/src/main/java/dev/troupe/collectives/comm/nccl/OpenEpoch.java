package dev.troupe.collectives.comm.nccl;

import dev.troupe.collectives.mesh.ProcessGroup;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The communicators of a rank in one epoch that are open; the last one that closes ends it. */
final class OpenEpoch {
  private final NcclEpoch epoch;
  private final NcclMesh mesh;
  private final NcclEnding ending;
  private final OrderedReduction reduction;
  private final boolean ordered;
  private final Runnable onEnd;
  private final Map<String, NcclCommunicator> open = new LinkedHashMap<>();

  OpenEpoch(
      NcclEpoch epoch,
      NcclMesh mesh,
      NcclEnding ending,
      OrderedReduction reduction,
      boolean ordered,
      Runnable onEnd) {
    this.epoch = epoch;
    this.mesh = mesh;
    this.ending = ending;
    this.reduction = reduction;
    this.ordered = ordered;
    this.onEnd = onEnd;
  }

  synchronized NcclCommunicator open(ProcessGroup group, int index) {
    if (open.containsKey(group.name())) {
      throw new IllegalStateException("group " + group.name() + " was opened before");
    }
    NcclCommunicator communicator =
        new NcclCommunicator(group, index, epoch, mesh, reduction, ordered, this::close);
    open.put(group.name(), communicator);
    mesh.add(communicator);
    return communicator;
  }

  /** From any thread, never blocks. */
  void abort(String reason) {
    epoch.abort(reason);
  }

  void check() {
    epoch.check();
  }

  void watch(long now) {
    ending.watch(now);
  }

  /** On the rank's thread. */
  void closeAll() {
    List<NcclCommunicator> left;
    synchronized (this) {
      left = List.copyOf(open.values());
    }
    left.forEach(NcclCommunicator::close);
  }

  private void close(NcclCommunicator communicator) {
    boolean last;
    synchronized (this) {
      open.remove(communicator.group().name());
      last = open.isEmpty();
    }
    mesh.remove(communicator);
    if (last) {
      ending.finish();
      onEnd.run();
    }
  }
}
