package dev.troupe.train;

import java.util.SortedMap;

/**
 * One rank's part of the training job. All methods are called from one thread, on every rank of the
 * mesh in the same order: they contain collectives.
 *
 * <p>A step has two halves. {@link #prepare} computes and reduces gradients and changes no state
 * that a later step reads, so a prepared step can be thrown away by preparing again. {@link
 * #commit} applies it.
 *
 * <p>All methods throw {@link dev.troupe.collectives.comm.CommunicatorAbortedException} when a
 * communicator was aborted.
 */
public interface Trainer extends AutoCloseable {
  /** Number of committed steps. */
  long step();

  /** Forward, backward, gradient reduction and norm of step {@code step() + 1}. */
  Prepared prepare();

  /** Applies the prepared step: AdamW on this rank's slice, then the parameters are gathered. */
  void commit();

  /** Counts the prepared step without applying it: the state stays. */
  void skip();

  /**
   * Puts the parts of the state of step {@code committed} that this rank has into the assignment's
   * vault: its own and the copy it keeps of another rank's. If that step is prepared but not
   * committed, this rank's parts of it are updated first, without the other ranks. What cannot be
   * had at that step is not held, nor is anything of a rank that is among its own suspects. The
   * trainer is of no use afterwards but to be closed. Contains no collective and works after an
   * abort.
   *
   * @param here whether the mesh of this trainer is the one that prepared that step: another may
   *     have prepared it otherwise
   */
  void keep(long committed, boolean here);

  /**
   * Damages this rank's memory as ordered, between two of the methods above; for the injection of
   * faults. The rank alone is called; contains no collective.
   */
  void damage(Damage damage);

  /** The held-out losses, the same on every rank. */
  HeldOutLosses validate();

  /**
   * Writes texts with the weights of the last committed step, which stay as they are.
   *
   * @return what this rank answers for, by the place of the prompt; empty where others do
   */
  SortedMap<Integer, String> sample();

  /** Copies this rank's part of the state of the last committed step. */
  Snapshot snapshot();

  /**
   * Bytes this rank has taken on its device: on a GPU as the driver counts them, with what
   * libraries took for themselves.
   */
  long memoryBytes();

  @Override
  void close();
}
