package dev.troupe.coordinator.simulation;

import dev.troupe.coordinator.journal.Acceptor;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.JournalRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The records that a majority of the keepers ever had, in order: what really happened to the run.
 */
final class Chosen {
  private record Number(long term, long sequence) {}

  private record EpochStep(long epoch, long step) {}

  private final Rollbacks rollbacks;
  private final Reference reference;
  private final Set<Number> seen = new HashSet<>();
  private final Set<EpochStep> steps = new HashSet<>();
  private final Map<EpochStep, StepOutcome> outcomes = new HashMap<>();
  private final Set<Long> damaged = new HashSet<>();
  private JournalRecord last = JournalRecord.first(0);

  Chosen(World world, Rollbacks rollbacks) {
    this.rollbacks = rollbacks;
    this.reference = new Reference(world.scenario.tp(), world.scenario.virtualShards());
  }

  Reference reference() {
    return reference;
  }

  /** Whether a step was committed by a mesh. */
  boolean has(long epoch, long step) {
    return steps.contains(new EpochStep(epoch, step));
  }

  /** Whether a fence is the newest mesh's. */
  boolean isNewest(Fence fence) {
    return fence.epoch() == last.epoch();
  }

  /** Whether a fence's epoch was in the journal before anybody heard of it. */
  boolean names(Fence fence) {
    return fence.epoch() <= last.epoch();
  }

  /** Looks for a record that a majority has now. */
  void kept(List<Seat> seats) {
    for (Seat seat : seats) {
      Acceptor acceptor = seat.acceptor();
      JournalRecord record = acceptor.record();
      if (record != null) {
        Number number = new Number(record.term(), acceptor.sequence());
        long same = seats.stream().filter(other -> has(other.acceptor(), number)).count();
        if (same > seats.size() / 2 && seen.add(number)) {
          chosen(record);
        }
      }
    }
  }

  private static boolean has(Acceptor acceptor, Number number) {
    JournalRecord record = acceptor.record();
    return record != null
        && record.term() == number.term()
        && acceptor.sequence() == number.sequence();
  }

  private void chosen(JournalRecord record) {
    check(
        Invariant.I9,
        record.term() >= last.term(),
        record + " after a record of term " + last.term());
    check(Invariant.I3, record.epoch() >= last.epoch(), record + " after " + last);
    long before = reference.step();
    long base = rollbacks.baseOf(record, before);
    if (record.epoch() > last.epoch()) {
      check(Invariant.I2, record.committed() == base, record + " at step " + base);
      back(record.term(), base);
    } else if (record.committed() == base + 1) {
      back(record.term(), base);
      commit(record);
    } else {
      check(Invariant.I2, record.committed() == before, record + " at step " + base);
    }
    last = record;
  }

  private void back(long term, long base) {
    if (base < reference.step()) {
      reference.back(base);
    }
    rollbacks.done(term);
  }

  private void commit(JournalRecord record) {
    EpochStep which = new EpochStep(record.epoch(), record.committed());
    StepOutcome outcome = outcomes.get(which);
    if (outcome == null) {
      throw new Violation(Invariant.I1, "no rank has prepared the step of " + record);
    }
    check(
        Invariant.I7,
        outcome.gradient() == reference.gradient(),
        "the committed step of " + record + " is not the reference's");
    steps.add(which);
    reference.advance(outcome.finite());
    rollbacks.committed(record.epoch(), record.committed());
  }

  /** A rank's memory was damaged in the mesh of an epoch. */
  void damaged(long epoch) {
    damaged.add(epoch);
  }

  void computed(Fence fence, long step, StepOutcome outcome) {
    StepOutcome before = outcomes.putIfAbsent(new EpochStep(fence.epoch(), step), outcome);
    check(Invariant.I5, before == null || before.equals(outcome), "ranks found different things");
    if (isNewest(fence) && !damaged.contains(fence.epoch()) && step == reference.step() + 1) {
      check(
          Invariant.I5,
          outcome.suspects().isEmpty() && outcome.gradient() == reference.gradient(),
          "step " + step + " of " + fence + " is not the reference's");
    }
  }

  private static void check(Invariant invariant, boolean holds, String message) {
    if (!holds) {
      throw new Violation(invariant, message);
    }
  }
}
