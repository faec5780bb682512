package dev.troupe.collectives.comm.local;

import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.comm.call.Call;
import dev.troupe.collectives.device.cpu.Backoff;
import dev.troupe.collectives.mesh.ProcessGroup;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Where the ranks of one group meet.
 *
 * <p>Every rank numbers its collectives 1, 2, 3, ... and has one arrival counter, which only it
 * writes: {@code 2k - 1} when its side of collective k is published, {@code 2k} when it has done
 * its part of k. A published side stays until that of collective k + 2 replaces it; by then every
 * rank has come to k + 1 and so has finished reading those of k.
 *
 * <p>Counters are stored with release and read with acquire semantics, which carries the published
 * sides and the data along.
 */
final class LocalGroup {
  /** Distance of two ranks' entries, 128 bytes: neighbouring cache lines are fetched in pairs. */
  private static final int STRIDE = 32;

  private static final int UNOPENED = 0;
  private static final int OPEN = 1;
  private static final int CLOSED = 2;
  private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

  private final ProcessGroup group;
  private final long[] arrived;
  private final @Nullable Call[] calls;
  private final AtomicIntegerArray states;
  private final AtomicReference<@Nullable String> aborted = new AtomicReference<>();
  private final Mailboxes mailboxes;

  LocalGroup(ProcessGroup group) {
    int size = group.size();
    this.group = group;
    this.arrived = new long[(size + 1) * STRIDE];
    this.calls = new Call[(2 * size + 1) * STRIDE];
    this.states = new AtomicIntegerArray(size);
    this.mailboxes = new Mailboxes(size);
  }

  ProcessGroup group() {
    return group;
  }

  int size() {
    return group.size();
  }

  Mailboxes mailboxes() {
    return mailboxes;
  }

  /** Shows a rank's side of collective number {@code k}. */
  void publish(int rank, long k, Call call) {
    calls[slot(rank, k)] = call;
    arrive(rank, 2 * k - 1);
  }

  /** Tells that a rank has done its part of collective number {@code k}. */
  void finish(int rank, long k) {
    arrive(rank, 2 * k);
  }

  /**
   * Waits until every rank has published collective {@code k}, and collects all sides.
   *
   * @throws IllegalStateException on every rank, when they do not fit together
   */
  void awaitPublished(int rank, long k, Backoff backoff, Call[] sides) {
    awaitArrivals(rank, 2 * k - 1, backoff);
    for (int peer = 0; peer < sides.length; peer++) {
      Call side = calls[slot(peer, k)];
      if (side == null) {
        throw new AssertionError("rank " + peer + " arrived without publishing");
      }
      sides[peer] = side;
      if (!side.signature().equals(sides[0].signature())) {
        throw new IllegalStateException(
            "ranks of group %s disagree: rank 0 calls %s, rank %d calls %s"
                .formatted(group.name(), sides[0].signature(), peer, side.signature()));
      }
    }
  }

  /** Waits until every rank has finished collective {@code k}. */
  void awaitFinished(int rank, long k, Backoff backoff) {
    awaitArrivals(rank, 2 * k, backoff);
  }

  /** Waits for {@code condition}, which {@code peer} makes true. */
  void await(int peer, Backoff backoff, BooleanSupplier condition) {
    backoff.reset();
    while (!condition.getAsBoolean()) {
      checkAborted();
      // Looks again after the flag: what the peer did before it closed counts.
      if (states.get(peer) == CLOSED && !condition.getAsBoolean()) {
        abort("rank " + peer + " of group " + group.name() + " has closed its communicator");
      }
      backoff.pause();
    }
  }

  /** Marks a rank's end as open; each rank has one in a group's life. */
  void open(int rank) {
    if (!states.compareAndSet(rank, UNOPENED, OPEN)) {
      throw new IllegalStateException(
          "rank %d of group %s was opened before".formatted(rank, group.name()));
    }
  }

  /** Marks a rank's end as closed; returns whether all are. */
  boolean close(int rank) {
    states.set(rank, CLOSED);
    return IntStream.range(0, states.length()).allMatch(i -> states.get(i) == CLOSED);
  }

  void abort(String reason) {
    aborted.compareAndSet(null, reason);
  }

  @Nullable String abortReason() {
    return aborted.get();
  }

  void checkAborted() {
    String reason = aborted.get();
    if (reason != null) {
      throw new CommunicatorAbortedException(reason);
    }
  }

  private void awaitArrivals(int rank, long value, Backoff backoff) {
    for (int peer = 0; peer < group.size(); peer++) {
      if (peer != rank && !hasArrived(peer, value)) {
        int awaited = peer;
        await(peer, backoff, () -> hasArrived(awaited, value));
      }
    }
  }

  private void arrive(int rank, long value) {
    LONGS.setRelease(arrived, (rank + 1) * STRIDE, value);
  }

  private boolean hasArrived(int rank, long value) {
    return (long) LONGS.getAcquire(arrived, (rank + 1) * STRIDE) >= value;
  }

  private static int slot(int rank, long k) {
    return (2 * rank + (int) (k & 1) + 1) * STRIDE;
  }
}
