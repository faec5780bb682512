package dev.troupe.collectives.comm.shared;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.ProcessGroup;
import java.time.Duration;
import java.util.TreeMap;

/**
 * The communicators of ranks in processes of one host, and of threads in them. One instance a
 * process, shared by its ranks.
 *
 * <p>Buffers of the process's {@link SharedMemory} take part where they lie; others are copied
 * through it. A rank that is not heard of for some time, whose process has died, or whose process
 * aborted the epoch, ends the collectives of its peers.
 *
 * <p>The files and mappings of an epoch go when the last end that this process has in it is closed,
 * or (where peers never closed theirs) with the next epoch.
 */
public final class SharedCommunicators implements Communicators {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Epochs before the newest one whose late-comers still learn where they are and why they end. */
  private static final int REMEMBERED = 8;

  private final SharedMemory memory;
  private final Duration patience;
  private final TreeMap<Long, SharedEpoch> epochs = new TreeMap<>();

  /** Creates the communicators of the process that owns the memory. */
  public SharedCommunicators(SharedMemory memory) {
    this(memory, PATIENCE);
  }

  /**
   * Creates the communicators of the process that owns the memory.
   *
   * @param patience how long a collective waits for a rank that has not opened its end
   */
  public SharedCommunicators(SharedMemory memory, Duration patience) {
    this.memory = memory;
    this.patience = patience;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException when this process is not in the placement
   */
  @Override
  public synchronized void place(long epoch, Placement placement) {
    if (!epochs.containsKey(epoch)) {
      epochs.put(epoch, SharedEpoch.of(epoch, placement, memory, patience));
    }
    while (epochs.size() > REMEMBERED && !epochs.firstEntry().getValue().isInUse()) {
      epochs.pollFirstEntry().getValue().forget();
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException when the epoch is not placed, or the rank has opened the group
   *     before and not all of its ends are closed
   * @throws IllegalArgumentException when a rank of the group is on another host
   */
  @Override
  public Communicator open(long epoch, ProcessGroup group, int rank) {
    SharedEpoch shared = placed(epoch);
    return shared.open(group, group.indexOf(rank));
  }

  @Override
  public void abort(long epoch, String reason) {
    placed(epoch).abort(reason);
  }

  private synchronized SharedEpoch placed(long epoch) {
    epochs.headMap(epoch).values().forEach(SharedEpoch::discardIfUnused);
    SharedEpoch shared = epochs.get(epoch);
    if (shared == null) {
      throw new IllegalStateException("epoch " + epoch + " is not placed");
    }
    return shared;
  }
}
