package dev.troupe.collectives.comm.link;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.ProcessGroup;
import dev.troupe.collectives.mesh.Site;
import dev.troupe.proto.error.TroupeException;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The communicators of one process over its data plane. The ends of a group meet by epoch, group
 * name and index; of a pair, the lower index connects. Connecting begins with {@link #open}, in
 * threads of the data plane.
 *
 * <p>An epoch that was aborted stays aborted. What is known of an epoch is forgotten when a much
 * later one is placed and its communicators are closed.
 */
final class LinkCommunicators implements Communicators, Listener.Desk {
  /** Epochs below the newest by more than this are over. */
  private static final long KEPT_EPOCHS = 16;

  private final NavigableMap<Long, Epoch> epochs = new TreeMap<>();
  private final Dialer dialer;
  private final LinkSettings settings;
  private long oldest = Long.MIN_VALUE;
  private @Nullable String shutDown;

  LinkCommunicators(Dialer dialer, LinkSettings settings) {
    this.dialer = dialer;
    this.settings = settings;
  }

  /** Told again, it changes nothing. */
  @Override
  public synchronized void place(long epoch, Placement placement) {
    if (epoch >= oldest) {
      epoch(epoch).place(placement);
      forgetBefore(epochs.lastKey() - KEPT_EPOCHS);
      notifyAll();
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException when the epoch was not placed, or the rank has this group open
   */
  @Override
  public synchronized Communicator open(long epoch, ProcessGroup group, int rank) {
    int index = group.indexOf(rank);
    if (epoch < oldest) {
      throw new IllegalStateException("epoch " + epoch + " is over");
    }
    Epoch at = epoch(epoch);
    LinkSlot[] slots = new LinkSlot[group.size()];
    Endpoint[] endpoints = new Endpoint[slots.length];
    for (int peer = 0; peer < slots.length; peer++) {
      if (peer == index) {
        slots[peer] = new LinkSlot("itself");
      } else {
        Site site = at.placement().site(group.ranks().get(peer));
        requireSameTransport(site);
        endpoints[peer] = Endpoint.parse(site.endpoint());
        slots[peer] =
            new LinkSlot(
                "rank %d of group %s (process %s at %s)"
                    .formatted(peer, group.name(), site.process(), site.endpoint()));
      }
    }
    Epoch.End end = new Epoch.End(group, index);
    LinkCommunicator communicator =
        new LinkCommunicator(group.name(), index, slots, settings, () -> close(epoch, end));
    at.open(end, communicator);
    String reason = shutDown != null ? shutDown : at.abortReason();
    if (reason != null) {
      communicator.abort(reason);
      return communicator;
    }
    for (int peer = index + 1; peer < slots.length; peer++) {
      slots[peer].claim();
      Hello hello = Hello.of(at.placement().token(), epoch, group, index, peer);
      dialer.dial(slots[peer], endpoints[peer], hello);
    }
    notifyAll();
    return communicator;
  }

  private void requireSameTransport(Site peer) {
    if (Endpoint.isOther(dialer.transport(), peer.endpoint())) {
      throw TroupeException.peer(
          "process %s is reached at %s, but this process talks over %s; set the same cluster.data-transport on every node"
              .formatted(peer.process(), peer.endpoint(), dialer.transport()));
    }
  }

  @Override
  public void abort(long epoch, String reason) {
    List<LinkCommunicator> open;
    synchronized (this) {
      open = epoch < oldest ? List.of() : epoch(epoch).abort(reason);
      notifyAll();
    }
    open.forEach(communicator -> communicator.abort(reason));
  }

  /** Aborts everything, now and from now on. */
  void shutDown(String reason) {
    List<LinkCommunicator> open;
    synchronized (this) {
      shutDown = reason;
      open = epochs.values().stream().flatMap(epoch -> epoch.abort(reason).stream()).toList();
      notifyAll();
    }
    open.forEach(communicator -> communicator.abort(reason));
  }

  @Override
  public synchronized LinkSlot meet(Hello hello, Deadline deadline)
      throws RefusedException, InterruptedException {
    while (true) {
      if (shutDown != null) {
        throw new RefusedException(Answer.SHUT_DOWN);
      }
      if (hello.epoch() < oldest) {
        throw new RefusedException(Answer.EPOCH_ENDED);
      }
      // Not epoch(): a stranger must not make us remember any number.
      Epoch epoch = epochs.get(hello.epoch());
      LinkSlot slot = epoch == null ? null : epoch.meet(hello);
      if (slot != null) {
        return slot;
      }
      if (deadline.hasPassed()) {
        throw new RefusedException(Answer.NOT_OPENED);
      }
      wait(Math.max(1, (deadline.nanoTime() - System.nanoTime()) / 1_000_000));
    }
  }

  private synchronized void close(long epoch, Epoch.End end) {
    Epoch at = epochs.get(epoch);
    if (at != null) {
      at.close(end);
      if (epoch < oldest) {
        forgetBefore(oldest);
      }
    }
  }

  private Epoch epoch(long number) {
    return epochs.computeIfAbsent(number, unused -> new Epoch());
  }

  private void forgetBefore(long first) {
    oldest = Math.max(oldest, first);
    epochs.headMap(oldest).values().removeIf(Epoch::isUnused);
  }
}
