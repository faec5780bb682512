package dev.troupe.collectives.comm.place;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.ProcessGroup;
import dev.troupe.collectives.mesh.Site;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The communicators of a process of a cluster. A group within the process meets in its heap, one
 * within the host in shared memory where the host allows it, any other over the network. All ranks
 * of a group choose alike, because they know the same placement and settings. Thread-safe.
 */
public final class PlacedCommunicators implements Communicators {
  /** Ranks of the last epoch may still be closing when the next one is placed. */
  private static final int EPOCHS_KEPT = 4;

  private final Communicators inProcess;
  private final Optional<Communicators> onHost;
  private final Communicators overNetwork;
  private final NavigableMap<Long, Placement> placements = new TreeMap<>();

  /**
   * Chooses among these.
   *
   * @param inProcess for ranks of this process
   * @param onHost for ranks of this host; empty: they use the network
   * @param overNetwork for all others
   */
  public PlacedCommunicators(
      Communicators inProcess, Optional<Communicators> onHost, Communicators overNetwork) {
    this.inProcess = inProcess;
    this.onHost = onHost;
    this.overNetwork = overNetwork;
  }

  @Override
  public void place(long epoch, Placement placement) {
    synchronized (this) {
      placements.putIfAbsent(epoch, placement);
      while (placements.size() > EPOCHS_KEPT) {
        placements.pollFirstEntry();
      }
    }
    inProcess.place(epoch, placement);
    onHost.ifPresent(shared -> shared.place(epoch, placement));
    overNetwork.place(epoch, placement);
  }

  @Override
  public Communicator open(long epoch, ProcessGroup group, int rank) {
    return choose(epoch, group).open(epoch, group, rank);
  }

  private Communicators choose(long epoch, ProcessGroup group) {
    Placement placement = placement(epoch);
    List<Site> sites = group.ranks().stream().map(placement::site).toList();
    if (sites.stream().map(Site::process).distinct().count() == 1) {
      return inProcess;
    }
    boolean oneHost = sites.stream().map(Site::host).distinct().count() == 1;
    return oneHost ? onHost.orElse(overNetwork) : overNetwork;
  }

  private synchronized Placement placement(long epoch) {
    Placement placement = placements.get(epoch);
    if (placement == null) {
      throw new IllegalStateException("epoch " + epoch + " was not placed");
    }
    return placement;
  }

  @Override
  public void abort(long epoch, String reason) {
    inProcess.abort(epoch, reason);
    onHost.ifPresent(shared -> shared.abort(epoch, reason));
    overNetwork.abort(epoch, reason);
  }
}
