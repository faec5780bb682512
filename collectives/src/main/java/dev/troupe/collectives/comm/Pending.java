package dev.troupe.collectives.comm;

/**
 * A collective under way. The buffers belong to the collective until {@link #await} returns.
 *
 * <p>Exactly one {@code await} a collective, from the thread that started it. On a GPU it makes the
 * compute stream wait; on the CPU it takes part in the work and returns when the data are there.
 */
@FunctionalInterface
public interface Pending {
  /** Something that is already done. */
  Pending DONE = () -> {};

  /**
   * Completes the collective.
   *
   * @throws CommunicatorAbortedException when the communicator was aborted
   */
  void await();
}
