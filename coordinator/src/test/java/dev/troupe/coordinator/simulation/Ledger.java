package dev.troupe.coordinator.simulation;

import dev.troupe.coordinator.RunEvent;
import dev.troupe.coordinator.RunReport;
import dev.troupe.coordinator.RunResult;
import dev.troupe.coordinator.RunResult.Outcome;
import dev.troupe.coordinator.StepRecord;
import dev.troupe.coordinator.state.Event;
import dev.troupe.coordinator.state.RunState;
import dev.troupe.coordinator.state.Transition;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.AssignRanks;
import dev.troupe.proto.message.CommitStep;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.MeshJob;
import dev.troupe.proto.message.RankOrder;
import dev.troupe.proto.message.RetireRanks;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Sees everything that happens anywhere, and checks the invariants. */
final class Ledger {
  private final World world;
  private final Chosen chosen;
  private final Rollbacks rollbacks;
  private final Map<String, Worker> workers = new HashMap<>();
  private final Map<Long, AssignRanks> meshes = new HashMap<>();
  private long greatestTerm;
  private long named = -1;
  private final Set<String> happened = new TreeSet<>();
  private boolean stopAsked;
  private int nans;

  Ledger(World world) {
    this.world = world;
    this.rollbacks = new Rollbacks(world);
    this.chosen = new Chosen(world, rollbacks);
  }

  /** A rank's memory is damaged. */
  void damaged(long epoch) {
    chosen.damaged(epoch);
  }

  void check(Invariant invariant, boolean holds, String message) {
    if (!holds) {
      throw new Violation(invariant, message);
    }
  }

  Rollbacks rollbacks() {
    return rollbacks;
  }

  /** The last step that is committed. */
  long committed() {
    return chosen.reference().step();
  }

  /** A gradient is made not finite; twice at one step ends the run. */
  void nan() {
    nans++;
  }

  void stopAsked() {
    stopAsked = true;
  }

  void began(Worker worker) {
    workers.put(worker.process.name(), worker);
  }

  /** A worker process by name, as long as it lives. */
  @Nullable Worker worker(String process) {
    Worker worker = workers.get(process);
    return worker == null || worker.process.dead() ? null : worker;
  }

  /** What keepers have on their disks. */
  void kept(List<Seat> seats) {
    chosen.kept(seats);
  }

  /** A coordinator has opened the journal. */
  void opened(JournalRecord record) {
    check(
        Invariant.I3,
        record.term() > greatestTerm || world.scenario.controls() > 1,
        "term " + record.term() + " after " + greatestTerm);
    greatestTerm = Math.max(greatestTerm, record.term());
    if (record.term() > 1) {
      happened.add("taken over");
    }
  }

  /** An agent goes from one fence to another. */
  void adopted(SimAgent agent, Fence from, Fence to) {
    check(
        Invariant.I3,
        to.compareTo(from) >= 0,
        agent.process() + " goes back from " + from + " to " + to);
  }

  /** An agent passes an order on. */
  void obeyed(SimAgent agent, RankOrder order) {
    check(
        Invariant.I3,
        order.fence().equals(agent.fence()),
        agent.process() + " at " + agent.fence() + " obeys " + order);
  }

  /** A coordinator sends an order. */
  void ordered(AgentCommand command) {
    switch (command) {
      case CommitStep commit ->
          check(
              Invariant.I1,
              chosen.has(commit.fence().epoch(), commit.step()),
              commit + " is not in the journal");
      case RetireRanks retire ->
          check(
              Invariant.I3,
              chosen.names(retire.fence()),
              retire.fence() + " is not in the journal");
      case AssignRanks assign -> assigned(assign);
      default -> {}
    }
  }

  private void assigned(AssignRanks assign) {
    MeshJob job = assign.job();
    AssignRanks before = meshes.putIfAbsent(assign.fence().epoch(), assign);
    check(
        Invariant.I3,
        before == null || (before.fence().equals(assign.fence()) && before.job().equals(job)),
        "two meshes have the " + assign.fence());
    MeshCheck.check(this, world.scenario, assign);
    rollbacks.started(assign.fence().epoch(), job);
  }

  /** A rank has loaded its state. */
  void loaded(Fence fence, int rank, ModelRank model) {
    if (chosen.isNewest(fence)) {
      Reference reference = chosen.reference();
      check(
          Invariant.I5,
          model.step() <= reference.step() && model.matches(reference),
          "rank %d of %s loaded another state than that of step %d"
              .formatted(rank, fence, model.step()));
    }
  }

  /** A rank knows what a step came to. */
  void computed(Fence fence, long step, StepOutcome outcome) {
    chosen.computed(fence, step, outcome);
    if (!outcome.suspects().isEmpty()) {
      rollbacks.suspected();
    }
  }

  /** A rank is about to apply a step. */
  void applied(Fence fence, long step, boolean update, ModelRank model) {
    check(
        Invariant.I1,
        chosen.has(fence.epoch(), step),
        "step " + step + " is applied in " + fence + " but not in the journal");
    ModelRank.Pending pending = model.pending();
    check(
        Invariant.I6,
        pending == null || pending.finite() == update,
        "step " + step + " is applied as finite=" + update + ", but is " + pending);
  }

  /** The machine has done something. */
  void saw(long term, RunState before, Event event, Transition transition) {
    rollbacks.saw(term == greatestTerm, before, event, transition);
  }

  /** Kinds of events that coordinators reported. */
  Set<String> happened() {
    return happened;
  }

  /** A coordinator tells the run's listener. */
  void reported(long term, RunReport report) {
    if (report instanceof RunEvent event) {
      happened.add(
          event.type().equals("mesh-planned")
              ? "from " + event.fields().get("source")
              : event.type());
    }
    switch (report) {
      case StepRecord step ->
          check(
              Invariant.I1,
              chosen.has(step.epoch(), step.step()),
              "step " + step.step() + " is reported but not in the journal");
      case RunEvent event when event.type().equals("rolled-back") ->
          rollbacks.announced(
              term, term == greatestTerm, (Long) event.fields().getOrDefault("to", 0L));
      default -> {}
    }
  }

  void published(SimDisk.Checkpoint checkpoint) {
    Reference reference = chosen.reference();
    for (int share = 0;
        checkpoint.step <= reference.step() && share < world.scenario.tp();
        share++) {
      check(
          Invariant.I8,
          Arrays.equals(checkpoint.shares[share], reference.share(checkpoint.step, share)),
          "checkpoint " + checkpoint.step + " has another state");
    }
  }

  /** {@code latest} names something else. */
  void latest() {
    long now = world.disk.latest();
    check(
        Invariant.I8,
        now >= named || world.disk.load("/checkpoints/step-" + named) == null,
        "latest goes back from " + named + " to " + now);
    check(Invariant.I8, now <= 0 || world.disk.has(now), "latest names no checkpoint: " + now);
    named = now;
  }

  private boolean saved(long committed) {
    return committed == 0
        || world.disk.latest() == committed // it may have been damaged since
        || world.disk.newest(committed).filter(found -> found.step == committed).isPresent();
  }

  /** A coordinator says that the run is over; false: it was superseded, and nobody listens. */
  boolean finished(long term, RunResult result) {
    boolean good = result.outcome() == Outcome.COMPLETED || result.outcome() == Outcome.STOPPED;
    long committed = rollbacks.base(term, committed());
    if (term < greatestTerm && !(good && result.step() == committed && saved(committed))) {
      return false;
    }
    check(
        Invariant.I9,
        !good || (result.step() == committed && saved(committed)),
        result + " but committed " + committed + ", latest " + world.disk.latest());
    check(
        Invariant.I12,
        result.outcome() != Outcome.COMPLETED || committed() == world.scenario.steps(),
        "completed at " + committed());
    check(
        Invariant.I12,
        result.outcome() == Outcome.COMPLETED
            || (stopAsked && result.outcome() != Outcome.FAILED)
            || world.disk.allDamaged()
            || nans > 1 && result.message().contains("the step was not committed")
            || result.message().contains("the final checkpoint"),
        "the run ended: " + result);
    return true;
  }
}
