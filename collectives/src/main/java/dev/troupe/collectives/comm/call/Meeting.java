package dev.troupe.collectives.comm.call;

import dev.troupe.collectives.comm.CommunicatorAbortedException;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.mesh.ProcessGroup;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One rank's view of the place where the ranks of a group meet. Collectives are numbered 1, 2, 3,
 * ... on every rank; for each one the rank publishes, waits for all, and does its part.
 *
 * <p>One thread, the rank's; {@link #abort} and {@link #abortReason} are for every thread.
 */
public interface Meeting {
  /** The group. */
  ProcessGroup group();

  /** Index of the rank in the group. */
  int rank();

  /** Shows this rank's side of collective {@code number}; never waits for others. */
  void publish(long number, Call call);

  /**
   * Waits until every rank has published its side of the collective that this rank published last.
   *
   * @throws IllegalStateException on every rank, when the sides do not fit together
   */
  void awaitPublished(long number);

  /** Does this rank's part and returns when its buffers are its own again and hold the result. */
  void perform(long number);

  /** Returns when the peer has taken the data, or throws what it found wrong. */
  void send(DataType type, MemorySegment data, int peer);

  /** Takes what the peer sends. */
  void recv(DataType type, MemorySegment data, int peer);

  /** Ends every wait of every rank, now and later. The first reason lasts. */
  void abort(String reason);

  /** Why the group has ended, or null. */
  @Nullable String abortReason();

  /**
   * Ends the group, for who fails in work on common memory would let the others wait forever.
   *
   * @return what to throw: the failure, or the abort that led to it
   */
  default RuntimeException failed(Throwable failure) {
    String earlier = abortReason();
    if (earlier != null) {
      return new CommunicatorAbortedException(earlier);
    }
    abort("rank " + rank() + " of group " + group().name() + " failed: " + failure);
    if (failure instanceof RuntimeException exception) {
      return exception;
    }
    throw (Error) failure;
  }

  /** Tells the others that this rank does not come any more; called once, last. */
  void close();
}
