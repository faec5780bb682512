package dev.troupe.collectives.comm.nccl;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.ProcessGroup;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * The communicators of a process whose ranks compute on GPUs: {@link #open} gives those of their
 * hosts, over which the ranks hand each other what their GPUs' communicators are made from. The
 * latter belong to a rank each and are {@linkplain #add added}, so that they are aborted together
 * with the former. Thread-safe.
 */
public final class GpuCommunicators implements Communicators {
  /** Ranks of the last epoch may still be closing when the next one begins. */
  private static final int EPOCHS_KEPT = 4;

  private final Communicators host;
  private final Map<Long, Set<Communicators>> ranks = new HashMap<>();
  private final NavigableMap<Long, Placement> placements = new TreeMap<>();
  private final NavigableMap<Long, String> aborted = new TreeMap<>();

  /** Over the communicators of the ranks' hosts. */
  public GpuCommunicators(Communicators host) {
    this.host = host;
  }

  /** Adds a rank's, of an epoch that was placed; where it is aborted already, they are at once. */
  public void add(long epoch, Communicators rank) {
    String reason;
    synchronized (this) {
      rank.place(epoch, Objects.requireNonNull(placements.get(epoch), "the epoch was not placed"));
      ranks.computeIfAbsent(epoch, key -> new HashSet<>()).add(rank);
      reason = aborted.get(epoch);
    }
    if (reason != null) {
      rank.abort(epoch, reason);
    }
  }

  /** Takes a rank's out again, before they are closed. */
  public synchronized void remove(long epoch, Communicators rank) {
    Set<Communicators> own = ranks.get(epoch);
    if (own != null && own.remove(rank) && own.isEmpty()) {
      ranks.remove(epoch);
    }
  }

  @Override
  public void place(long epoch, Placement placement) {
    synchronized (this) {
      placements.putIfAbsent(epoch, placement);
      forgetOld(placements);
    }
    host.place(epoch, placement);
  }

  @Override
  public Communicator open(long epoch, ProcessGroup group, int rank) {
    return host.open(epoch, group, rank);
  }

  @Override
  public void abort(long epoch, String reason) {
    host.abort(epoch, reason);
    List<Communicators> now;
    synchronized (this) {
      aborted.putIfAbsent(epoch, reason);
      forgetOld(aborted);
      now = List.copyOf(ranks.getOrDefault(epoch, Set.of()));
    }
    now.forEach(rank -> rank.abort(epoch, reason));
  }

  private static void forgetOld(NavigableMap<Long, ?> epochs) {
    while (epochs.size() > EPOCHS_KEPT) {
      epochs.pollFirstEntry();
    }
  }
}
