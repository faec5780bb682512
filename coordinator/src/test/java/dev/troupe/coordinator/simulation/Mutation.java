package dev.troupe.coordinator.simulation;

import dev.troupe.coordinator.journal.Acceptor;
import dev.troupe.coordinator.journal.Proposer;
import dev.troupe.coordinator.state.Event;
import dev.troupe.coordinator.state.RunMachine;
import dev.troupe.coordinator.state.RunState;
import dev.troupe.coordinator.state.Transition;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.Holding;
import dev.troupe.proto.message.JournalRecord;
import org.jspecify.annotations.Nullable;

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
  default void keep(ModelRank model, long committed, boolean here, Worker worker) {
    model.keep(committed, here, worker.vault, worker.process.name());
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

  /** What a coordinator reads of the one before it. */
  default JournalRecord opened(JournalRecord right) {
    return right;
  }

  /** Whether the journal answers as soon as any one keeper has the record. */
  default boolean oneKeeperIsEnough() {
    return false;
  }

  /** Whether the journal says yes where another coordinator has taken over. */
  default boolean ignoresRefusal() {
    return false;
  }

  /** What a process that holds ranks of this mesh has of a part. */
  default long @Nullable [] find(Vault vault, Holding part) {
    return vault.get(part);
  }

  /** Whether an agent that has retired its ranks does not say so again when it is asked again. */
  default boolean retiresOnce() {
    return false;
  }

  /** Whether an agent forgets what its processes hold when it is asked again. */
  default boolean forgetsHoldings() {
    return false;
  }

  /** What the end of a rank's process counts as. */
  default Category endOfProcess() {
    return Category.PEER;
  }

  /** Whether a checkpoint is published without a look at what is in it. */
  default boolean publishesUnseen() {
    return false;
  }
}
