package dev.troupe.coordinator.simulation;

import dev.troupe.coordinator.CheckpointStore.Shards;
import dev.troupe.coordinator.journal.Acceptor;
import dev.troupe.coordinator.journal.Proposer;
import dev.troupe.coordinator.state.Event;
import dev.troupe.coordinator.state.RunMachine;
import dev.troupe.coordinator.state.RunState;
import dev.troupe.coordinator.state.Transition;
import dev.troupe.proto.message.Fence;
import java.util.Optional;

/** Where a bug can be planted; as it is, none is. */
interface Mutation {
  /** The protocol as it is. */
  static Mutation none() {
    return new Mutation() {};
  }

  /** The machine. */
  default Transition on(RunMachine machine, RunState state, Event event, long now) {
    return machine.on(state, event, now);
  }

  /** Whether an agent at fence {@code mine} obeys an order; {@code right} if all is well. */
  default boolean obeys(Fence mine, Fence order, boolean right) {
    return right;
  }

  /** What a rank that retires puts into its process's memory. */
  default void keep(ModelRank model, long committed, Worker worker) {
    model.keep(committed, true, worker.vault, worker.process.name());
  }

  /** Whether a rank keeps a state that is known to be damaged. */
  default boolean keepsDistrustedState() {
    return false;
  }

  /** What a keeper has after a request to write; {@code right} if all is well. */
  default Acceptor accepted(
      Acceptor before, Acceptor right, String proposer, Proposer.Write request) {
    return right;
  }

  /** Whether the journal answers before a majority has the record. */
  default boolean answersBeforeMajority() {
    return false;
  }

  /** Whether the journal says yes where another coordinator has taken over. */
  default boolean ignoresRefusal() {
    return false;
  }

  /** Whether nobody looks for nodes that fell silent. */
  default boolean ignoresSilence() {
    return false;
  }

  /** The first half of a publication. */
  default Optional<SimDisk.Checkpoint> publish(SimDisk disk, Shards shards) {
    return disk.rename(shards);
  }
}
