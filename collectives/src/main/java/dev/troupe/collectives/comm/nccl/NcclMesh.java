package dev.troupe.collectives.comm.nccl;

import dev.troupe.collectives.mesh.ProcessGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Makes a rank's NCCL communicators of one epoch.
 *
 * <p>Opening a group only notes it. The first collective of the rank, whichever it is, then makes
 * the communicators of all groups that are noted, in the order in which they were opened: first
 * that of the world, by a unique id; then each group's by splitting the world's. A split is a call
 * of all ranks, also of those whose group has one member. Because every rank opens its groups in
 * the same order, and no rank waits for another one before it has connected, no two ranks can wait
 * for each other.
 */
final class NcclMesh {
  private final NcclEpoch epoch;
  private final IdExchange ids;
  private final List<Integer> world;
  private final int index;
  // Guarded by the gate: an abort ends what is here.
  private final List<NcclHandle> handles = new ArrayList<>();
  private final List<NcclCommunicator> unconnected = new ArrayList<>();
  private volatile boolean connecting;
  private volatile long connectingSince;

  /**
   * Nothing is made yet.
   *
   * @param world mesh ranks of the epoch, in order
   * @param rank this rank
   */
  NcclMesh(NcclEpoch epoch, IdExchange ids, List<Integer> world, int rank) {
    this.epoch = epoch;
    this.ids = ids;
    this.world = world;
    this.index = world.indexOf(rank);
  }

  /** To be connected by the next collective. */
  synchronized void add(NcclCommunicator communicator) {
    unconnected.add(communicator);
  }

  /** All ranks close it, so none waits for it. */
  synchronized void remove(NcclCommunicator communicator) {
    unconnected.remove(communicator);
  }

  /** Guarded by the gate. In the order in which they were made: the world's is first. */
  List<NcclHandle> handles() {
    return handles;
  }

  /** Whether connecting has taken longer than so many nanoseconds; from any thread. */
  boolean connectsLongerThan(long nanos, long now) {
    return connecting && now - connectingSince > nanos;
  }

  /** Wakes a rank that waits for the id; from any thread. */
  void abort(String reason) {
    ids.abort(reason);
  }

  /** Before a rank's collectives; on its thread. */
  synchronized void connect() {
    if (unconnected.isEmpty()) {
      return;
    }
    if (world.size() > 1) {
      connectingSince = System.nanoTime();
      connecting = true;
      try {
        connectAll();
      } catch (RuntimeException | Error e) {
        // The others wait for this rank.
        epoch.abort("rank " + world.get(index) + " could not connect: " + e.getMessage());
        throw e;
      } finally {
        connecting = false;
      }
    }
    unconnected.clear();
  }

  private void connectAll() {
    if (isFirst()) {
      connectWorld();
    }
    for (NcclCommunicator communicator : unconnected) {
      ProcessGroup group = communicator.group();
      communicator.connected(group.ranks().equals(world) ? worldHandle() : split(group));
    }
  }

  private boolean isFirst() {
    epoch.enter();
    try {
      return handles.isEmpty();
    } finally {
      epoch.leave();
    }
  }

  private NcclHandle worldHandle() {
    epoch.enter();
    try {
      return handles.getFirst();
    } finally {
      epoch.leave();
    }
  }

  private void connectWorld() {
    byte[] id = ids.run(index, this::newId);
    NcclHandle handle = new NcclHandle("of all " + world.size() + " ranks");
    int result;
    epoch.enter();
    try {
      handles.add(handle);
      result = NcclSetup.begin(handle, id, world.size(), index);
    } finally {
      epoch.leave();
    }
    epoch.settle(handle, result, "set-up " + handle.name());
  }

  private byte[] newId() {
    epoch.enter();
    try {
      return NcclSetup.newId();
    } finally {
      epoch.leave();
    }
  }

  private @Nullable NcclHandle split(ProcessGroup group) {
    boolean alone = group.size() == 1;
    NcclHandle parent = worldHandle();
    NcclHandle child = new NcclHandle(group.name());
    String what = "split for group " + group.name();
    int result;
    epoch.enter();
    try {
      handles.add(child);
      OptionalInt color = alone ? OptionalInt.empty() : OptionalInt.of(group.ranks().getFirst());
      result = NcclSetup.split(parent, color, group.indexOf(world.get(index)), child);
    } finally {
      epoch.leave();
    }
    // The parent works until the child is there, and then the child may still be at work.
    epoch.settle(parent, result, what);
    if (alone) {
      return null;
    }
    epoch.settle(child, Nccl.IN_PROGRESS, what);
    return child;
  }
}
