package dev.troupe.collectives.comm.link;

import java.lang.foreign.MemorySegment;

/**
 * A reliable, ordered channel of bytes to one peer, in both directions. Used by one thread; only
 * {@link #close} may be called from another.
 *
 * <p>All methods but {@link #close} throw {@link LinkException}, which names the peer, when the
 * channel has ended at either side.
 */
interface Link extends AutoCloseable {
  /**
   * Hands over as many bytes as can be taken now; never blocks.
   *
   * @return bytes taken, 0 when the peer or the network must catch up first
   */
  long trySend(MemorySegment data, long offset, long length);

  /**
   * Takes as many bytes as have come, up to {@code length}; never blocks.
   *
   * @return bytes written to {@code into}, 0 when none have come
   */
  long poll(MemorySegment into, long offset, long length);

  /** Ends the channel; idempotent, does not wait for the peer. What was sent still arrives. */
  @Override
  void close();

  /** Ends the channel so that the peer fails at once, even if bytes are still on their way. */
  void abort();
}
