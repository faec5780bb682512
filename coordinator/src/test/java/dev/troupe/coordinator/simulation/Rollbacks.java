package dev.troupe.coordinator.simulation;

import dev.troupe.coordinator.state.Effect;
import dev.troupe.coordinator.state.Event;
import dev.troupe.coordinator.state.Phase;
import dev.troupe.coordinator.state.RunState;
import dev.troupe.coordinator.state.Transition;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.JournalRecord;
import dev.troupe.proto.message.MeshJob;
import dev.troupe.proto.message.RankFailed;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Who went back to an earlier step, and whether that had to be. */
final class Rollbacks {
  private final MemoryCheck memory;
  private final boolean copies;
  private final boolean whole;
  private final Map<Long, Long> announced = new HashMap<>();
  private final Map<Long, MeshJob> meshes = new HashMap<>();
  private final Set<String> disturbed = new TreeSet<>();
  private final Set<String> disturbedSinceStart = new TreeSet<>();
  private final Set<String> disturbedNow = new TreeSet<>();
  private boolean memoryRefused;
  private boolean distrust;
  private boolean cleared;
  private boolean moved;
  private String needless = "";
  private long lastEpoch;
  private long lastStep;
  private @Nullable MeshJob last;

  Rollbacks(World world) {
    this.memory = new MemoryCheck(world);
    this.copies = world.scenario.copies();
    // Where a group is of several processes, one that lost its partner can hold no rank.
    this.whole = world.scenario.devicesPerProcess() % world.scenario.tp() == 0;
  }

  /** Something is wrong with a node from now on. */
  void disturbed(String node) {
    disturbed.add(node);
    disturbedSinceStart.add(node);
    disturbedNow.add(node);
  }

  /** Nothing is wrong with it any more. */
  void calm(String node) {
    disturbedNow.remove(node);
  }

  /** Where a coordinator stands that announced that it goes back; else {@code otherwise}. */
  long base(long term, long otherwise) {
    return Math.min(otherwise, announced.getOrDefault(term, otherwise));
  }

  /** The same for a record that may be of an earlier coordinator, written again by another. */
  long baseOf(JournalRecord record, long otherwise) {
    long base = base(record.term(), otherwise);
    boolean fits = record.committed() == base || record.committed() == base + 1;
    return fits
        ? base
        : announced.values().stream()
            .filter(to -> record.committed() == to || record.committed() == to + 1)
            .findFirst()
            .orElse(base);
  }

  void done(long term) {
    announced.remove(term);
  }

  /** The ranks of a mesh are told to start. */
  void started(long epoch, MeshJob job) {
    if (meshes.put(epoch, job) == null) {
      disturbedSinceStart.clear();
      disturbedSinceStart.addAll(disturbedNow);
    }
    cleared |= job.held().isEmpty(); // who loads from the disk throws away what it had
    // And who loads what a later mesh left throws away what the one that committed had.
    moved |= !job.held().isEmpty() && job.held().getFirst().epoch() != lastEpoch;
  }

  /**
   * A step was committed: every rank of the mesh has the state before it, and the step prepared.
   */
  void committed(long epoch, long step) {
    memoryRefused = false;
    distrust = false;
    cleared = false;
    moved = false;
    lastStep = step;
    if (epoch != lastEpoch) {
      lastEpoch = epoch;
      last = meshes.get(epoch);
      disturbed.clear();
      disturbed.addAll(disturbedSinceStart);
    }
  }

  /** Ranks found out that some of them are damaged: these keep nothing, whoever comes to know. */
  void suspected() {
    distrust = true;
  }

  /** A coordinator says that it goes back. */
  void announced(long term, boolean newest, long to) {
    announced.put(term, to);
    if (newest && !needless.isEmpty()) {
      throw new Violation(Invariant.I2, "went back to step " + to + " though " + needless);
    }
    MeshJob job = last;
    if (newest
        && job != null
        && Buddies.of(job, copies).acrossNodes()
        && !memoryRefused
        && !distrust
        && !cleared
        && disturbed.size() <= 1) {
      throw new Violation(
          Invariant.I4, "went back to step " + to + " though only " + disturbed + " was disturbed");
    }
  }

  /** Notes whether somebody looks on the disk for what nodes that answered have in memory. */
  void saw(boolean newest, RunState before, Event event, Transition transition) {
    if (event instanceof Event.NodeReported(RankFailed failed)
        && before.phase() instanceof Phase.Starting
        && failed.category() == Category.DATA) {
      memoryRefused = true;
    }
    if (transition.state().phase() instanceof Phase.Regrouping regrouping) {
      distrust |= !regrouping.distrusted().isEmpty();
      boolean looks =
          transition.effects().stream().anyMatch(Effect.FindCheckpoint.class::isInstance);
      if (newest && looks) {
        needless = "";
        if (whole && !memoryRefused && !distrust) {
          looks(regrouping, transition.state());
        }
      }
    }
  }

  private void looks(Phase.Regrouping regrouping, RunState state) {
    MeshJob job = last;
    String step = "step " + state.committed();
    if (memory.told(regrouping, state)) {
      needless = step + " is said to be in memory";
    } else if (job != null
        && !cleared
        && !moved
        && lastStep == state.committed()
        && memory.there(regrouping, state, job)) {
      needless = step + " must be in the memory of processes that answered";
    }
  }
}
