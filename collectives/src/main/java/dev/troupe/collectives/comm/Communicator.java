package dev.troupe.collectives.comm;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.Stream;
import java.util.Optional;

/**
 * Collectives among the ranks of one process group, in the sense of MPI and NCCL.
 *
 * <p>Every rank of the group calls the same operations in the same order with the same counts and
 * types. Unless they {@linkplain #progressesAlone progress alone}, at most one operation is under
 * way at a time: starting the next one completes the one before. All sums are made in rank order,
 * ((r0 + r1) + r2) + ..., in float32 for bfloat16 data (rounded once at the end), so results are
 * the same bits on every rank and in every run.
 *
 * <p>Threading: one thread a rank; only {@link #abort} may be called from another.
 *
 * <p>All operations throw {@link CommunicatorAbortedException} once the communicator is aborted.
 */
public interface Communicator extends AutoCloseable {
  /** This rank's index in the group. */
  int rank();

  /** Number of ranks in the group. */
  int size();

  /**
   * Whether operations go on by themselves once started, as on a GPU's own stream: then any number
   * of them may be under way, and it pays to await them late. Otherwise they are done by those who
   * await them, and one that waits for something else meanwhile may keep all ranks waiting.
   */
  default boolean progressesAlone() {
    return stream().isPresent();
  }

  /** The stream that operations run on where they {@linkplain #progressesAlone progress alone}. */
  default Optional<Stream> stream() {
    return Optional.empty();
  }

  /** In place: every rank ends with the reduction over all ranks. */
  Pending allReduce(BufferView data, ReduceOp op);

  /**
   * {@code recv = sum over ranks of their send[rank() * n, (rank() + 1) * n)}, where n is {@code
   * recv.count()} and {@code send.count() == size() * n}. {@code recv} may be this rank's own slice
   * of {@code send}.
   */
  Pending reduceScatter(BufferView send, BufferView recv);

  /**
   * The running form of {@link #reduceScatter}: {@code recv = ((recv + s0) + s1) + ...} in rank
   * order, over the first {@code contributors} ranks only. {@code recv} must not overlap {@code
   * send}.
   *
   * @param contributors how many ranks, from rank 0 on, add their slice; the others give nothing
   */
  Pending reduceScatterAdd(BufferView send, BufferView recv, int contributors);

  /**
   * Every rank ends with all ranks' {@code send} in rank order. {@code send} may be this rank's own
   * slice of {@code recv}.
   */
  Pending allGather(BufferView send, BufferView recv);

  /** Every rank ends with the root's data. */
  Pending broadcast(BufferView data, int root);

  /** Block j of this rank's {@code send} becomes block rank() of rank j's {@code recv}. */
  Pending allToAll(BufferView send, BufferView recv);

  /** Sends to one peer, which calls {@link #recv}; blocks until the peer has taken the data. */
  void send(BufferView data, int peer);

  /** Receives from one peer, which calls {@link #send}. */
  void recv(BufferView data, int peer);

  /**
   * Every rank's {@code send} becomes the {@code recv} of the rank {@code by} places further on,
   * around the end of the group. The two must not overlap.
   *
   * @param by from 1 to size() - 1, the same on every rank
   */
  default Pending shift(BufferView send, BufferView recv, int by) {
    Rings.shift(this, send, recv, by);
    return Pending.DONE;
  }

  /** Returns when every rank has come. */
  void barrier();

  /**
   * Returns while the communicator is alive. Where operations progress alone, awaiting one does not
   * tell whether it came to its end: who has read a result asks here before believing it.
   *
   * @throws CommunicatorAbortedException when it was aborted
   */
  default void check() {}

  /**
   * Ends every operation under way or still to come, on all ranks, with an exception. The only
   * method for other threads; idempotent; never blocks.
   */
  void abort(String reason);

  @Override
  void close();
}
