package dev.troupe.train;

import dev.troupe.collectives.comm.Communicators;

/** Makes a rank's trainer: allocates everything, loads or initialises the state. */
@FunctionalInterface
public interface TrainerFactory {
  /**
   * Called on the thread that will own the trainer, on all ranks at once: contains collectives.
   *
   * @throws dev.troupe.proto.error.TroupeException when memory, data or a checkpoint do not allow
   *     it
   */
  Trainer create(Assignment assignment, Communicators communicators);
}
