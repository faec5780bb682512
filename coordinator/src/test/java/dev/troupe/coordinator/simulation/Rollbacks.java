package dev.troupe.coordinator.simulation;

import dev.troupe.coordinator.state.Effect;
import dev.troupe.coordinator.state.Event;
import dev.troupe.coordinator.state.Phase;
import dev.troupe.coordinator.state.RunState;
import dev.troupe.coordinator.state.Transition;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.message.Holding;
import dev.troupe.proto.message.MeshJob;
import dev.troupe.proto.message.RankFailed;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Who went back to an earlier step, and whether that had to be. */
final class Rollbacks {
  private record Part(long epoch, int dp, int dpIndex, int tpIndex) {}

  private final World world;
  private final Map<Long, Long> announced = new HashMap<>();
  private final Set<String> disturbed = new TreeSet<>();
  private final Set<String> disturbedNow = new TreeSet<>();
  private boolean memoryRefused;
  private boolean distrust;
  private boolean protectedMesh;
  private boolean startedAny;
  private boolean fresh;
  private boolean nextProtected;

  Rollbacks(World world) {
    this.world = world;
  }

  /** Something is wrong with a node from now on. */
  void disturbed(String node) {
    disturbed.add(node);
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

  void done(long term) {
    announced.remove(term);
  }

  /** A step was committed: every rank of the mesh has the state before it, or the step prepared. */
  void committed() {
    memoryRefused = false;
    distrust = false;
    if (fresh) {
      fresh = false;
      protectedMesh = nextProtected;
      disturbed.clear();
      disturbed.addAll(disturbedNow);
    }
  }

  /** The ranks of a mesh are told to start. */
  void started(MeshJob job) {
    fresh = true;
    startedAny = true;
    nextProtected = Buddies.of(job, world.scenario.copies()).acrossNodes();
  }

  void announced(long term, boolean newest, long to) {
    announced.put(term, to);
    if (newest
        && startedAny
        && protectedMesh
        && !memoryRefused
        && !distrust
        && disturbed.size() <= 1) {
      throw new Violation(
          Invariant.I4, "went back to step " + to + " though only " + disturbed + " was disturbed");
    }
  }

  /** Checks that nobody looks on the disk for what nodes that answered have in memory. */
  void saw(boolean newest, RunState before, Event event, Transition transition) {
    if (event instanceof Event.NodeReported(RankFailed failed)
        && before.phase() instanceof Phase.Starting
        && failed.category() != Category.PEER) {
      memoryRefused = true;
    }
    if (transition.state().phase() instanceof Phase.Regrouping regrouping) {
      distrust |= !regrouping.distrusted().isEmpty();
      boolean looks =
          transition.effects().stream().anyMatch(Effect.FindCheckpoint.class::isInstance);
      if (newest && looks && !memoryRefused && whole(regrouping, transition.state())) {
        throw new Violation(
            Invariant.I2,
            "looks for a checkpoint though memory has step " + transition.state().committed());
      }
    }
  }

  private boolean whole(Phase.Regrouping regrouping, RunState state) {
    Set<String> processes = new HashSet<>();
    state
        .members()
        .forEach(
            (name, info) ->
                info.devices().stream().map(DeviceInfo::process).forEach(processes::add));
    Map<Long, Set<Part>> parts = new HashMap<>();
    regrouping
        .held()
        .values()
        .forEach(
            all ->
                all.stream()
                    .filter(held -> held.step() == state.committed())
                    .filter(held -> processes.contains(held.process()))
                    .forEach(
                        held ->
                            parts
                                .computeIfAbsent(held.epoch(), key -> new HashSet<>())
                                .add(part(held))));
    return parts.values().stream()
        .anyMatch(some -> some.size() == some.iterator().next().dp() * world.scenario.tp());
  }

  private static Part part(Holding held) {
    return new Part(held.epoch(), held.dp(), held.dpIndex(), held.tpIndex());
  }
}
