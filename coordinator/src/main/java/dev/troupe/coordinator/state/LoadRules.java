package dev.troupe.coordinator.state;

import dev.troupe.coordinator.RunEvent.Severity;
import dev.troupe.coordinator.plan.HeldState;
import dev.troupe.coordinator.plan.MeshEpoch;
import dev.troupe.coordinator.plan.Plan;
import dev.troupe.coordinator.state.Phase.Regrouping;
import dev.troupe.coordinator.state.Phase.Stage;
import dev.troupe.proto.message.Holding;
import dev.troupe.proto.message.NodeInfo;
import dev.troupe.proto.message.RankSite;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where a new mesh takes the committed state from: memory, if all of it is there, else disk. */
final class LoadRules {
  private LoadRules() {}

  /** Starts a mesh from memory if all of the state is there, else looks for it on disk. */
  static void load(Turn turn, Regrouping regrouping, MeshEpoch mesh) {
    RunState state = turn.state;
    tellOfDamage(turn, regrouping);
    List<Holding> whole = whole(turn, regrouping, mesh);
    if (!whole.isEmpty()) {
      MeshRules.start(turn, mesh, whole);
    } else if (state.committed() == state.disk().step() && !state.health().diskDoubted()) {
      MeshRules.start(turn, mesh, List.of());
    } else if (loadFromAll(turn, regrouping)) {
      turn.state = turn.state.with(turn.state.nodes().changed(true)); // at the next step's end
    } else {
      turn.state =
          state.with(regrouping.at(Stage.FINDING, turn.deadline(turn.settings.timeouts().save())));
      turn.add(new Effect.FindCheckpoint(state.committed()));
    }
  }

  /** Copies of a part that are not equal were damaged after replicas were last compared. */
  private static void tellOfDamage(Turn turn, Regrouping regrouping) {
    List<Holding> differing = HeldState.differing(regrouping.holdings(), turn.state.committed());
    if (!differing.isEmpty()) {
      turn.event(
          Severity.WARNING,
          "copies-differ",
          "step",
          turn.state.committed(),
          "processes",
          differing.stream().map(Holding::process).distinct().collect(Collectors.joining(", ")));
    }
  }

  /**
   * What nodes have that leave, or that the plan did without, is used all the same before it is
   * lost: first a mesh of those that hold something, then a better one.
   */
  private static boolean loadFromAll(Turn turn, Regrouping regrouping) {
    SortedMap<String, NodeInfo> members = turn.state.members();
    TreeMap<String, NodeInfo> all = new TreeMap<>(members);
    all.keySet()
        .removeIf(node -> holdsNothing(regrouping.held().get(node), turn.state.committed()));
    if (!(RegroupRules.plan(turn, regrouping, all, 0) instanceof Plan.Planned planned)) {
      return false;
    }
    List<Holding> whole = whole(turn, regrouping, planned.epoch());
    if (whole.isEmpty()) {
      return false;
    }
    MeshRules.start(turn, planned.epoch(), whole);
    return true;
  }

  private static boolean holdsNothing(@Nullable List<Holding> held, long committed) {
    return held == null || held.stream().noneMatch(holding -> holding.step() == committed);
  }

  /** The committed state in the memory of the mesh's processes; empty where a part is missing. */
  private static List<Holding> whole(Turn turn, Regrouping regrouping, MeshEpoch mesh) {
    RunState state = turn.state;
    Set<String> processes =
        mesh.sites(state.members()).stream().map(RankSite::process).collect(Collectors.toSet());
    return state.health().memoryRefused()
        ? List.of()
        : HeldState.whole(regrouping.holdings(), state.committed(), mesh.mesh().tp(), processes);
  }
}
